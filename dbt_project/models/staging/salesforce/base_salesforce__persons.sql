{{ config(materialized='table') }}
with recursive

leads as (
    {{ newest_in_salesforce('lead') }}
),

contacts as (
    {{ newest_in_salesforce('contact') }}
),

records as (
    select
        id,
        true as is_lead_record,
        coalesce(master_record_id, converted_contact_id) as next_id,
        master_record_id,
        created_date,
        is_gone
    from leads
    union all
    select
        id,
        false as is_lead_record,
        master_record_id as next_id,
        master_record_id,
        created_date,
        is_gone
    from contacts
),

-- A converted lead continues in its contact, as a merged record does in the one it was merged into.
mergers as (
    select
        id as merged_id,
        next_id as surviving_id
    from records
    where next_id != id
),

{{ survivors_of_merges() }},

rooted as (
    select
        records.*,
        coalesce(survivors.surviving_id, records.id) as root_id
    from records
    left join survivors on records.id = survivors.id
),

-- A person is the lead that came first, else the contact.
named as (
    select
        root_id,
        id as canonical_id
    from rooted
    where is_lead_record and master_record_id is null
    qualify row_number() over (partition by root_id order by created_date asc nulls last, id asc) = 1
),

final as (
    select
        rooted.id,
        rooted.root_id,
        coalesce(named.canonical_id, rooted.root_id) as canonical_id,
        -- The surviving record says so; without a row of it, the records that were merged into it.
        coalesce(
            max(case when rooted.id = rooted.root_id then case when rooted.is_gone then 1 else 0 end end)
                over (partition by rooted.root_id),
            min(case when rooted.is_gone then 1 else 0 end) over (partition by rooted.root_id)
        ) = 1 as is_canonical_deleted
    from rooted
    left join named on rooted.root_id = named.root_id
)

select * from final
