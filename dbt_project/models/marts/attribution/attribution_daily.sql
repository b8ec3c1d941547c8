{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed('conversion_date in (select conversion_date from ' ~ ref('int_changed_conversion_dates') ~ ')') }}"
) }}
with

credits as (
    select * from {{ ref('int_attribution_credits') }}
    {%- if is_incremental() %}
    where conversion_date in (select conversion_date from {{ ref('int_changed_conversion_dates') }})
    {%- endif %}
),

markov_credits as (
    select * from {{ ref('int_markov_credits') }}
),

credits_with_markov as (
    select
        credits.*,
        markov_credits.credit_markov
    from credits
    inner join markov_credits
        on credits.conversion_id = markov_credits.conversion_id and credits.source = markov_credits.source
),

-- Sums of decimals do not depend on the order of rows.
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
    from credits_with_markov
    group by conversion_date, conversion_type, source, campaign
),

unpivoted as (
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
    from unpivoted
    where conversions > 0
)

select * from final
