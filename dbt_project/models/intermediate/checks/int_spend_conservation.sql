with

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

ad_spend as (
    select * from {{ ref('stg_standard__ad_spend') }}
),

costs as (
    select
        *,
        {{ days_between('cost_month', as_of_date()) }} + 1 as days_elapsed,
        {{ days_between('cost_month', 'cast(cost_month + interval 1 month as date)') }} as days_in_month
    from {{ ref('int_costs') }}
    where cost_month <= {{ as_of_date() }}
),

rates as (
    select * from {{ ref('int_conversion_rates') }}
),

-- Straight from the staged rows: every day of ads, and each month's other costs as far as they have fallen due.
staged as (
    select sum({{ converted('ad_spend.cost', 'rates.rate') }}) as amount
    from ad_spend
    inner join rates on ad_spend.currency = rates.currency and {{ month_of('ad_spend.spent_on') }} = rates.month
    union all
    select
        sum({{ cost_until_day('amount', 'least(days_elapsed, days_in_month)', 'days_in_month') }}) as amount
    from costs
),

final as (
    select
        (select coalesce(sum(amount), 0) from staged) as amount_staged,
        (select coalesce(sum(amount), 0) from investment) as amount_in_mart
)

select * from final
