with

roles as (
    {{ newest_in_salesforce('opportunity_contact_role') }}
),

opportunities as (
    {{ newest_in_salesforce('opportunity') }}
),

leads as (
    {{ newest_in_salesforce('lead') }}
),

persons as (
    select * from {{ ref('base_salesforce__persons') }}
),

-- The roles, the opportunity's own contact, and the lead that was converted with it.
named as (
    select
        opportunity_id,
        contact_id as id,
        coalesce(is_primary, false) as is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from roles
    where not is_gone
    union all
    select
        id as opportunity_id,
        contact_id as id,
        true as is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from opportunities
    where contact_id is not null
    union all
    select
        converted_opportunity_id as opportunity_id,
        id,
        false as is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from leads
    where converted_opportunity_id is not null
),

mapped as (
    select
        named.opportunity_id,
        coalesce(persons.canonical_id, named.id) as canonical_id,
        named.is_primary,
        named._file,
        named._landed_at,
        named.file_row_number,
        named._checksum
    from named
    left join persons on named.id = persons.id
    where not coalesce(persons.is_canonical_deleted, false)
),

judged as (
    select
        *,
        max(case when is_primary then 1 else 0 end) over (partition by opportunity_id, canonical_id) = 1
            as is_ever_primary
    from mapped
),

final as (
    select
        {{ vendor_id('salesforce', 'opportunity_id') }} as opportunity_id,
        {{ vendor_id('salesforce', 'canonical_id') }} as lead_id,
        is_ever_primary as is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from judged
    qualify row_number() over (
        partition by opportunity_id, canonical_id order by _landed_at desc, _file desc, file_row_number desc
    ) = 1
)

select * from final
