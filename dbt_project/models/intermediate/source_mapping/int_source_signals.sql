-- Grows by the combinations that are new; one that no record carries any more stays.
{{ config(materialized='incremental', incremental_strategy='append') }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    {%- if is_incremental() %}
    where _built_at = {{ this_run() }}
    {%- endif %}
),

activities as (
    select * from {{ ref('int_unified__activities') }}
),

leads as (
    select * from {{ ref('int_unified__leads') }}
),

opportunities as (
    select * from {{ ref('int_unified__opportunities') }}
),

ad_spend as (
    select * from {{ ref('int_unified__ad_spend') }}
),

costs as (
    select * from {{ ref('int_unified__costs') }}
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
        cast(null as varchar) as direction,
        case
            when coalesce(utm_source, utm_medium, utm_campaign, click_id_type) is null then utm_content
        end as utm_content
    from sessions
    union all
    select
        source_key, null as utm_source, null as utm_medium, crm_campaign as utm_campaign,
        null as referrer_host, null as click_id_type, crm_source, activity_type as touch_type, direction,
        null as utm_content
    from activities
    union all
    select
        source_key, null as utm_source, crm_medium as utm_medium, crm_campaign as utm_campaign,
        null as referrer_host, null as click_id_type, crm_source, 'lead_created' as touch_type, null as direction,
        null as utm_content
    from leads
    union all
    select
        source_key, null as utm_source, null as utm_medium, null as utm_campaign,
        null as referrer_host, null as click_id_type, crm_source, 'opportunity' as touch_type, null as direction,
        null as utm_content
    from opportunities
    union all
    -- An opportunity inferred from stages or payments names no source.
    select
        {{ source_key("'opportunity'") }} as source_key, null as utm_source, null as utm_medium, null as utm_campaign,
        null as referrer_host, null as click_id_type, null as crm_source, 'opportunity' as touch_type,
        null as direction, null as utm_content
    union all
    select
        source_key, utm_source, utm_medium, utm_campaign,
        null as referrer_host, null as click_id_type, crm_source, 'spend' as touch_type, null as direction,
        null as utm_content
    from ad_spend
    union all
    select
        source_key, null as utm_source, null as utm_medium, null as utm_campaign,
        null as referrer_host, null as click_id_type, crm_source, 'cost' as touch_type, null as direction,
        null as utm_content
    from costs
),

final as (
    select distinct
        source_key,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_host,
        click_id_type,
        crm_source,
        touch_type,
        direction,
        utm_content
    from unioned
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
)

select * from final
