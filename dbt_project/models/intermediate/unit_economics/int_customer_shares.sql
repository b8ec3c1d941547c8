with

conversions as (
    select * from {{ ref('int_conversions') }}
),

credits as (
    select * from {{ ref('int_attribution_credits') }}
    where conversion_type = 'customer'
),

data_driven_credits as (
    select * from {{ ref('int_data_driven_credits') }}
    where conversion_type = 'customer'
),

-- Sums of decimals do not depend on the order of rows.
shares as (
    {%- for model in var('attribution_models').keys() | list + ['time_decay'] %}
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
    from data_driven_credits
    union all
    select
        conversion_id,
        'shapley' as attribution_model,
        source,
        cast(credit_shapley as decimal(18, 15)) * touch_count as share
    from data_driven_credits
    union all
    select
        conversion_id,
        'uplift' as attribution_model,
        source,
        cast(credit_uplift as decimal(18, 15)) * touch_count as share
    from data_driven_credits
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
