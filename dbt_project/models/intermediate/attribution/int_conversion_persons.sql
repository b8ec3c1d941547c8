{{ config(pre_hook="{{ snapshot_previous_run() }}", post_hook="{{ empty_on_full_refresh() }}") }}
with

conversions as (
    select * from {{ ref('int_conversions') }}
),

contacts as (
    select * from {{ ref('int_unified__opportunity_contacts') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

types as (
    select * from {{ ref('int_conversion_types') }}
),

account_conversions as (
    select conversions.*
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    where types.is_of_account
),

contact_persons as (
    select
        account_conversions.conversion_id,
        leads.person_id
    from account_conversions
    inner join contacts on account_conversions.opportunity_id = contacts.opportunity_id
    inner join leads on contacts.lead_id = leads.lead_id
),

-- Every person of the account, where the opportunity has no contacts.
account_persons as (
    select
        account_conversions.conversion_id,
        person_accounts.person_id
    from account_conversions
    inner join person_accounts on account_conversions.account_id = person_accounts.account_id
    left join contact_persons on account_conversions.conversion_id = contact_persons.conversion_id
    where contact_persons.conversion_id is null
),

final as (
    select conversion_id, person_id from conversions
    where person_id is not null
    union
    select conversion_id, person_id from contact_persons
    union
    select conversion_id, person_id from account_persons
)

select * from final
