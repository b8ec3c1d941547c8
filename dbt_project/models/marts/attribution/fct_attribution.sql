-- A night on which the effects behind credit_markov are estimated anew credits every conversion anew.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=[
        "{{ declare_credit_columns() }}",
        "{{ archive_and_delete(is_markov_refresh_due() ~ ' or conversion_id in (select conversion_id from '
            ~ ref('int_changed_conversions') ~ ')') }}",
    ]
) }}
{%- set is_narrowed = is_incremental() and not is_markov_refresh_due() %}
with

conversions as (
    select * from {{ ref('int_conversions') }}
    {%- if is_narrowed %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
    {%- if is_narrowed %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

paths as (
    select * from {{ ref('int_paths') }}
    {%- if is_narrowed %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

effects as (
    select * from {{ ref('int_markov_effects') }}
),

data_driven as (
    {{ data_driven_credits('path_touches', 'effects') }}
),

path_weights as (
    select
        paths.*,
        {%- for model, weights in var('attribution_models').items() %}
        {{ path_weights(model, weights) }},
        {%- endfor %}
        conversions.value
    from paths
    inner join conversions on paths.conversion_id = conversions.conversion_id
),

credited as (
    select
        path_touches.conversion_id,
        path_touches.touchpoint_id,
        path_touches.conversion_type,
        path_touches.conversion_at,
        path_touches.source,
        path_touches.campaign,
        {%- for model, weights in var('attribution_models').items() %}
        {{ attribution_credit(model, weights) }} as credit_{{ model }},
        {%- endfor %}
        {{ ratio('path_touches.decay_weight', 'path_weights.decay_sum') }} as credit_time_decay,
        data_driven.credit_markov,
        data_driven.credit_shapley,
        path_weights.value
    from path_touches
    inner join path_weights on path_touches.conversion_id = path_weights.conversion_id
    inner join data_driven
        on path_touches.conversion_id = data_driven.conversion_id and path_touches.source = data_driven.source
),

-- No conversion is lost: one that no touch explains goes to its CRM source in full.
untouched as (
    select
        conversions.conversion_id,
        'crm:' || conversions.conversion_id as touchpoint_id,
        conversions.conversion_type,
        conversions.conversion_at,
        conversions.crm_source as source,
        cast(null as varchar) as campaign,
        {%- for model in attribution_model_names() %}
        cast(1 as double) as credit_{{ model }},
        {%- endfor %}
        conversions.value
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
