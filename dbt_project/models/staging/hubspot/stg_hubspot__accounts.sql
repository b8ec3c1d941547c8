with

companies as (
    select * from {{ ref('base_hubspot__companies') }}
),

final as (
    select
        {{ vendor_id('hubspot', 'id') }} as account_id,
        property_hs_lastmodifieddate as updated_at,
        property_name as name,
        property_domain as domain,
        property_industry as industry,
        property_numberofemployees as employees,
        property_country as country,
        is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from companies
)

select * from final
