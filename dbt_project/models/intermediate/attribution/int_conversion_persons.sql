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

-- The persons on the deal, the lead that counts for it among them.
contact_persons as (
    select
        conversions.conversion_id,
        leads.person_id
    from conversions
    inner join contacts on conversions.opportunity_id = contacts.opportunity_id
    inner join leads on contacts.lead_id = leads.lead_id
    where '{{ var("attribution_unit") }}' = 'account'
),

-- Without contacts the whole account is on the deal.
account_persons as (
    select
        conversions.conversion_id,
        person_accounts.person_id
    from conversions
    inner join person_accounts on conversions.account_id = person_accounts.account_id
    left join contact_persons on conversions.conversion_id = contact_persons.conversion_id
    where
        conversions.conversion_type in ('opportunity', 'customer')
        and '{{ var("attribution_unit") }}' = 'account'
        and contact_persons.conversion_id is null
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
