with

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

ad_spend as (
    select * from {{ ref('int_unified__ad_spend') }}
),

costs as (
    select
        amount,
        original_amount,
        {{ days_between('cost_month', as_of_date()) }} + 1 as days_elapsed,
        {{ days_between('cost_month', 'cast(cost_month + interval 1 month as date)') }} as days_in_month
    from {{ ref('int_costs') }}
    where cost_month <= {{ as_of_date() }}
),

costs_due as (
    select
        amount,
        original_amount,
        least(days_elapsed, days_in_month) as days_due,
        days_in_month
    from costs
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- Straight from the staged rows: every day of ads, and each month's other costs as far as they have fallen due.
staged as (
    select
        {{ converted('ad_spend.cost', 'rates.rate') }} as amount,
        ad_spend.cost as original_amount
    from ad_spend
    left join rates on ad_spend.currency = rates.currency and {{ month_of('ad_spend.spent_on') }} = rates.month
    union all
    select
        {{ cost_until_day('amount', 'days_due', 'days_in_month') }} as amount,
        {{ cost_until_day('original_amount', 'days_due', 'days_in_month') }} as original_amount
    from costs_due
),

-- What cannot be converted is in no mart: it counts as missing there, as the number that was billed.
totals as (
    select
        coalesce(sum(amount), 0) as amount_staged,
        coalesce(sum(case when amount is null then original_amount end), 0) as amount_quarantined
    from staged
),

invested as (
    select coalesce(sum(amount), 0) as amount from investment
),

final as (
    select
        totals.amount_staged,
        totals.amount_quarantined,
        invested.amount as amount_in_mart
    from totals
    cross join invested
)

select * from final
