{{ config(pre_hook="{{ snapshot_previous_run() }}", post_hook="{{ empty_on_full_refresh() }}") }}
with

activities as (
    select * from {{ ref('int_unified__activities') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

-- The person is the lead that the CRM names, else the one with the e-mail. An activity that names an account and no
-- person in it belongs to the account, as one more person of type `company`.
persons as (
    select
        activities.*,
        coalesce(
            by_lead.person_id,
            by_email.person_id,
            case
                when activities.lead_id is null and activities.email_hash is null
                    then 'account:' || activities.account_id
            end
        ) as person_id,
        case
            when coalesce(by_lead.person_id, by_email.person_id) is not null then 'person'
            when activities.lead_id is null and activities.email_hash is null and activities.account_id is not null
                then 'company'
        end as person_type
    from activities
    left join identifiers as by_lead
        on by_lead.identifier_type = 'lead' and activities.lead_id = by_lead.identifier_value
    left join identifiers as by_email
        on by_email.identifier_type = 'email' and activities.email_hash = by_email.identifier_value
),

final as (
    select
        persons.activity_id,
        persons.lead_id,
        persons.person_id,
        persons.person_type,
        coalesce(person_accounts.account_id, persons.account_id) as account_id,
        persons.activity_type,
        persons.direction,
        persons.crm_source,
        persons.crm_campaign,
        persons.outcome,
        persons.source_key,
        persons.occurred_at
    from persons
    left join person_accounts on persons.person_id = person_accounts.person_id
)

select * from final
