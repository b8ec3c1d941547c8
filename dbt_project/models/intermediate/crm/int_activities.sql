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

-- The lead the CRM names is the person; an e-mail only where it names none. An activity that names a company and
-- nobody in it belongs to the company as if that were one more person.
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
        ) as person_id
    from activities
    left join identifiers as by_lead on 'lead:' || activities.lead_id = by_lead.identifier
    left join identifiers as by_email on 'email:' || activities.email_hash = by_email.identifier
),

final as (
    select
        persons.activity_id,
        persons.lead_id,
        persons.person_id,
        coalesce(person_accounts.account_id, persons.account_id) as account_id,
        persons.activity_type,
        persons.direction,
        persons.crm_source,
        persons.crm_campaign,
        persons.outcome,
        {{ source_key(
            'persons.activity_type',
            utm_campaign='persons.crm_campaign', crm_source='persons.crm_source', direction='persons.direction'
        ) }} as source_key,
        persons.occurred_at
    from persons
    left join person_accounts on persons.person_id = person_accounts.person_id
)

select * from final
