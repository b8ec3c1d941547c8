with

unioned as (
    select * from {{ ref('base_hubspot__engagement_activities') }}
    union all
    select * from {{ ref('base_hubspot__form_activities') }}
    union all
    select * from {{ ref('base_hubspot__email_activities') }}
),

final as (
    select
        {{ vendor_id('hubspot', 'activity') }} as activity_id,
        occurred_at,
        activity_type,
        direction,
        {{ vendor_id('hubspot', 'canonical_contact_id') }} as lead_id,
        email,
        {{ vendor_id('hubspot', 'company_id') }} as account_id,
        source,
        campaign,
        outcome,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from unioned
)

select * from final
