-- A night on which the effects behind credit_markov are estimated anew sums every day up anew.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed(is_markov_refresh_due() ~ ' or exists (select 1 from ' ~ ref('int_changed_attributions')
        ~ ' as changed where ' ~ same_attribution('changed', this.identifier) ~ ')') }}"
) }}
with

{%- if is_incremental() and not is_markov_refresh_due() %}

changed_attributions as (
    select * from {{ ref('int_changed_attributions') }}
),

dated as (
    select
        *,
        {{ reporting_date('conversion_at') }} as conversion_date
    from {{ ref('fct_attribution') }}
),

attribution as (
    select dated.*
    from dated
    inner join changed_attributions on {{ same_attribution('dated', 'changed_attributions') }}
),

{%- else %}

attribution as (
    select
        *,
        {{ reporting_date('conversion_at') }} as conversion_date
    from {{ ref('fct_attribution') }}
),

{%- endif %}

-- Credits become decimals before they are summed, so that no sum depends on the order of its rows.
sums as (
    select
        {%- for model in attribution_model_names() %}
        sum(cast(credit_{{ model }} as decimal(18, 15))) as conversions_{{ model }},
        sum(value * cast(credit_{{ model }} as decimal(18, 15))) as value_{{ model }},
        {%- endfor %}
        conversion_date,
        conversion_type,
        source,
        campaign
    from attribution
    group by conversion_date, conversion_type, source, campaign
),

credits as (
    {%- for model in attribution_model_names() %}
    select
        conversion_date,
        conversion_type,
        '{{ model }}' as attribution_model,
        source,
        campaign,
        conversions_{{ model }} as conversions,
        value_{{ model }} as value
    from sums
    where conversions_{{ model }} > 0
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        conversion_date,
        conversion_type,
        attribution_model,
        source,
        campaign,
        cast(conversions as double) as conversions,
        cast(value as decimal(28, 10)) as value
    from credits
)

select * from final
