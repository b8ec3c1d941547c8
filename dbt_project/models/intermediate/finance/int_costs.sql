with

feed_costs as (
    select * from {{ ref('int_unified__costs') }}
),

-- Several lines for one thing add up.
seed_costs as (
    select
        {{ month_of('month') }} as month,
        source,
        cost_type,
        currency,
        cast(sum(amount) as decimal(18, 6)) as amount
    from {{ ref('other_costs') }}
    group by {{ month_of('month') }}, source, cost_type, currency
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
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
        'seed:' || md5(concat_ws(chr(31), month, source, cost_type, currency)) as cost_id,
        source as crm_source,
        cost_type,
        currency,
        amount,
        month as cost_month
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
    left join rates
        on
            unioned.currency = rates.currency
            and unioned.cost_month >= rates.valid_from
            and unioned.cost_month < rates.valid_to
)

select * from final
