with

conversions as (
    select * from {{ ref('int_conversions') }}
),

contacts as (
    select * from {{ ref('stg_standard__opportunity_contacts') }}
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

person_units as (
    select conversion_id, person_id from conversions
    where person_id is not null
    union
    select conversion_id, person_id from contact_persons
),

-- Without contacts the whole account is on the deal.
account_units as (
    select
        conversions.conversion_id,
        conversions.account_id
    from conversions
    left join contact_persons on conversions.conversion_id = contact_persons.conversion_id
    where
        conversions.conversion_type in ('opportunity', 'customer')
        and '{{ var("attribution_unit") }}' = 'account'
        and contact_persons.conversion_id is null
),

-- A person of the account is not taken twice.
persons_outside as (
    select
        person_units.conversion_id,
        person_units.person_id
    from person_units
    left join person_accounts on person_units.person_id = person_accounts.person_id
    left join account_units
        on
            person_units.conversion_id = account_units.conversion_id
            and person_accounts.account_id = account_units.account_id
    where account_units.conversion_id is null
),

final as (
    select
        conversion_id,
        'person' as unit_type,
        person_id as unit_id
    from persons_outside
    union all
    select
        conversion_id,
        'account' as unit_type,
        account_id as unit_id
    from account_units
)

select * from final
