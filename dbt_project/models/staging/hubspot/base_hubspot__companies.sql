with

companies as (
    select * from {{ source('hubspot', 'company') }}
),

final as (
    select
        id,
        property_hs_lastmodifieddate,
        property_name,
        property_domain,
        property_industry,
        property_numberofemployees,
        property_country,
        coalesce(is_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from companies
    {{ newest_version(['id'], 'coalesce(property_hs_lastmodifieddate, _landed_at)') }}
)

select * from final
