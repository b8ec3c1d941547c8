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
        cast(null as varchar) as direction
    from sessions
    union all
    select source_key, null, null, crm_campaign, null, null, crm_source, activity_type, direction from activities
    union all
    select source_key, null, crm_medium, crm_campaign, null, null, crm_source, 'lead_created', null from leads
    union all
    select source_key, null, null, null, null, null, crm_source, 'opportunity', null from opportunities
    union all
    -- An opportunity inferred from stages or payments names no source.
    select {{ source_key("'opportunity'") }}, null, null, null, null, null, null, 'opportunity', null
    union all
    select source_key, utm_source, utm_medium, utm_campaign, null, null, crm_source, 'spend', null from ad_spend
    union all
    select source_key, null, null, null, null, null, crm_source, 'cost', null from costs
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
        direction
    from unioned
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
)

select * from final
