with

feed_costs as (
    select * from {{ ref('stg_standard__costs') }}
),

seed_costs as (
    select * from {{ ref('other_costs') }}
),

rates as (
    select * from {{ ref('int_conversion_rates') }}
),

unioned as (
    select
        'feed:' || cost_id as cost_id,
        source as crm_source,
        cost_type,
        currency,
        amount,
        cost_month
    from feed_costs
    union all
    select
        'seed:' || md5(concat_ws('|', month, source, cost_type)) as cost_id,
        source as crm_source,
        cost_type,
        currency,
        amount,
        {{ month_of('month') }} as cost_month
    from seed_costs
),

final as (
    select
        unioned.cost_id,
        unioned.crm_source,
        {{ source_key("'cost'", crm_source='unioned.crm_source') }} as source_key,
        unioned.cost_type,
        unioned.currency as original_currency,
        unioned.amount as original_amount,
        {{ converted('unioned.amount', 'rates.rate') }} as amount,
        unioned.cost_month
    from unioned
    inner join rates on unioned.currency = rates.currency and unioned.cost_month = rates.month
)

select * from final
