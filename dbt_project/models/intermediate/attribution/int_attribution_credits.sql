-- Rule models: credits from int_rule_credits, by form of path and role. time_decay: computed here. markov and shapley:
-- in int_data_driven_credits, joined in fct_attribution.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='conversion_id',
    changed_keys='int_changed_conversions',
    archive_deleted=true,
    on_schema_change='fail',
    post_hook="{{ empty_on_full_refresh() }}"
) }}
with

conversions as (
    select * from {{ ref('int_conversions') }}
    where {{ is_changed('conversion_id', 'int_changed_conversions') }}
),

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
    where {{ is_changed('conversion_id', 'int_changed_conversions') }}
),

paths as (
    select * from {{ ref('int_path_roles') }}
),

rule_credits as (
    select * from {{ ref('int_rule_credits') }}
),

path_values as (
    select
        paths.*,
        conversions.value
    from paths
    inner join conversions on paths.conversion_id = conversions.conversion_id
),

touches as (
    select
        path_touches.*,
        path_values.touch_count,
        path_values.lead_creation_role,
        path_values.opportunity_creation_role,
        path_values.last_role,
        case path_touches.touch_number
            when path_values.first_touch then 'first'
            when path_values.lead_creation_touch then 'lead_creation'
            when path_values.opportunity_creation_touch then 'opportunity_creation'
            when path_values.last_touch then 'last'
            else 'middle'
        end as touch_role,
        path_values.decay_sum,
        path_values.value
    from path_touches
    inner join path_values on path_touches.conversion_id = path_values.conversion_id
),

credited as (
    select
        touches.conversion_id,
        touches.touchpoint_id,
        touches.conversion_type,
        touches.conversion_at,
        {{ reporting_date('touches.conversion_at') }} as conversion_date,
        touches.source,
        touches.campaign,
        touches.value,
        {%- for model in var('attribution_models') %}
        rule_credits.credit_{{ model }},
        {%- endfor %}
        {{ ratio('touches.decay_weight', 'touches.decay_sum') }} as credit_time_decay
    from touches
    inner join rule_credits
        on
            touches.touch_count = rule_credits.touch_count
            and touches.lead_creation_role = rule_credits.lead_creation_role
            and touches.opportunity_creation_role = rule_credits.opportunity_creation_role
            and touches.last_role = rule_credits.last_role
            and touches.touch_role = rule_credits.touch_role
),

-- A conversion without touches goes to its CRM source in full.
untouched as (
    select
        conversions.conversion_id,
        'crm:' || conversions.conversion_id as touchpoint_id,
        conversions.conversion_type,
        conversions.conversion_at,
        {{ reporting_date('conversions.conversion_at') }} as conversion_date,
        conversions.crm_source as source,
        cast(null as varchar) as campaign,
        conversions.value,
        {%- for model in var('attribution_models') %}
        cast(1 as double) as credit_{{ model }},
        {%- endfor %}
        cast(1 as double) as credit_time_decay
    from conversions
    left join paths on conversions.conversion_id = paths.conversion_id
    where paths.conversion_id is null
),

final as (
    select * from credited
    union all
    select * from untouched
)

select * from final
