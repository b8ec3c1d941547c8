with

conversions as (
    select * from {{ ref('int_conversions') }}
),

credits as (
    select * from {{ ref('int_attribution_credits') }}
    where conversion_type = 'customer'
),

markov_credits as (
    select * from {{ ref('int_markov_credits') }}
    where conversion_type = 'customer'
),

-- Sums of decimals do not depend on the order of rows.
shares as (
    {%- for model in attribution_model_names() if model != 'markov' %}
    select
        conversion_id,
        '{{ model }}' as attribution_model,
        source,
        sum(cast(credit_{{ model }} as decimal(18, 15))) as share
    from credits
    group by conversion_id, source
    union all
    {%- endfor %}
    select
        conversion_id,
        'markov' as attribution_model,
        source,
        cast(credit_markov as decimal(18, 15)) * touch_count as share
    from markov_credits
),

final as (
    select
        conversions.account_id,
        shares.attribution_model,
        shares.source,
        cast(shares.share as double) as share
    from shares
    inner join conversions on shares.conversion_id = conversions.conversion_id
    where shares.share > 0
)

select * from final
