with

costs as (
    select * from {{ ref('int_unified__costs') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

final as (
    select
        costs.cost_id,
        costs.crm_source,
        costs.source_key,
        costs.cost_type,
        costs.currency as original_currency,
        costs.amount as original_amount,
        {{ converted('costs.amount', 'rates.rate') }} as amount,
        costs.cost_month
    from costs
    left join rates
        on
            costs.currency = rates.currency
            and costs.cost_month >= rates.valid_from
            and costs.cost_month < rates.valid_to
)

select * from final
