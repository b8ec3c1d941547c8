with

attribution as (
    select * from {{ ref('fct_attribution') }}
    where conversion_type = 'customer'
),

conversions as (
    select * from {{ ref('int_conversions') }}
),

credits as (
    {%- for model in attribution_model_names() %}
    select
        conversion_id,
        '{{ model }}' as attribution_model,
        source,
        cast(sum(cast(credit_{{ model }} as decimal(18, 15))) as double) as share
    from attribution
    group by conversion_id, source
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        conversions.account_id,
        credits.attribution_model,
        credits.source,
        credits.share
    from credits
    inner join conversions on credits.conversion_id = conversions.conversion_id
    where credits.share > 0
)

select * from final
