-- Grows by the combinations that are new; one that nothing carries any more stays, and does no harm.
{{ config(materialized='incremental', incremental_strategy='append') }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    {%- if is_incremental() %}
    where _built_at = {{ this_run() }}
    {%- endif %}
),

activities as (
    select * from {{ ref('int_activities') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

deals as (
    select * from {{ ref('int_deals') }}
),

ad_spend as (
    select * from {{ ref('int_ad_spend') }}
),

costs as (
    select * from {{ ref('int_costs') }}
),

unioned as (
    select
        source_key,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_host,
        click_id_type,
        cast(null as varchar) as crm_source,
        'session' as touch_type,
        cast(null as varchar) as direction
    from sessions
    union all
    select
        source_key,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        crm_campaign as utm_campaign,
        cast(null as varchar) as referrer_host,
        cast(null as varchar) as click_id_type,
        crm_source,
        activity_type as touch_type,
        direction
    from activities
    union all
    select
        source_key,
        cast(null as varchar) as utm_source,
        crm_medium as utm_medium,
        crm_campaign as utm_campaign,
        cast(null as varchar) as referrer_host,
        cast(null as varchar) as click_id_type,
        crm_source,
        'lead_created' as touch_type,
        cast(null as varchar) as direction
    from leads
    union all
    select
        source_key,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as referrer_host,
        cast(null as varchar) as click_id_type,
        crm_source,
        'opportunity' as touch_type,
        cast(null as varchar) as direction
    from deals
    union all
    select
        source_key,
        utm_source,
        utm_medium,
        utm_campaign,
        cast(null as varchar) as referrer_host,
        cast(null as varchar) as click_id_type,
        crm_source,
        'spend' as touch_type,
        cast(null as varchar) as direction
    from ad_spend
    union all
    select
        source_key,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as referrer_host,
        cast(null as varchar) as click_id_type,
        crm_source,
        'cost' as touch_type,
        cast(null as varchar) as direction
    from costs
),

final as (
    select
        source_key,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_host,
        click_id_type,
        crm_source,
        touch_type,
        direction
    from unioned
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
    group by
        source_key,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_host,
        click_id_type,
        crm_source,
        touch_type,
        direction
)

select * from final
