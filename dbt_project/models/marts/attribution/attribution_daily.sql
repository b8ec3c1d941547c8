with

attribution as (
    select * from {{ ref('fct_attribution') }}
),

-- Credits become decimals before they are summed, so that no sum depends on the order of its rows.
sums as (
    select
        {{ reporting_date('conversion_at') }} as conversion_date,
        conversion_type,
        source,
        campaign,
        {%- for model in attribution_model_names() %}
        sum(cast(credit_{{ model }} as decimal(18, 15))) as conversions_{{ model }},
        sum(value * cast(credit_{{ model }} as decimal(18, 15))) as value_{{ model }}{{ ',' if not loop.last }}
        {%- endfor %}
    from attribution
    group by {{ reporting_date('conversion_at') }}, conversion_type, source, campaign
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
