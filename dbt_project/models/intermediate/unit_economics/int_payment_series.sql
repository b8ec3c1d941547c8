-- Method: payments of one amount that come again are a series, spaced by the lower median of their days apart, which a
-- pause does not change. Two equal ones among monthly bills that change each time, as by use, are none.
{% set of_contract = 'partition by account_id, subscription_id' %}
{% set of_amount = of_contract ~ ', original_currency, original_amount' %}
{% set earlier = 'order by revenue_on range between unbounded preceding and interval 1 day preceding' %}
{% set later = 'order by revenue_on range between interval 1 day following and unbounded following' %}
with

payments as (
    select
        account_id,
        coalesce(subscription_id, '') as subscription_id,
        original_currency,
        original_amount,
        revenue_on,
        period_start,
        period_end,
        sum(amount) as amount
    from {{ ref('int_revenue') }}
    where kind = 'recurring' and (amount > 0 or (amount < 0 and period_end is not null))
    group by
        account_id, coalesce(subscription_id, ''), original_currency, original_amount, revenue_on, period_start,
        period_end
),

spaced as (
    select
        *,
        {{ days_between('period_start', 'period_end') }} as given_days,
        {{ days_between('max(revenue_on) over (' ~ of_amount ~ ' ' ~ earlier ~ ')', 'revenue_on') }} as days_apart,
        {{ days_between('max(revenue_on) over (' ~ of_contract ~ ' ' ~ earlier ~ ')', 'revenue_on') }} as days_before,
        {{ days_between('revenue_on', 'min(revenue_on) over (' ~ of_contract ~ ' ' ~ later ~ ')') }} as days_after,
        count(*) over (partition by account_id, subscription_id, revenue_on) as payments_of_day
    from payments
),

-- The only payment of its month: another comes about a month before, another a month after.
placed as (
    select
        *,
        payments_of_day = 1
        and coalesce(days_before between 20 and 40, false)
        and coalesce(days_after between 20 and 40, false) as is_monthly_bill,
        payments_of_day = 1
        and coalesce(coalesce(days_before, days_after) between 20 and 40, false)
        and coalesce(coalesce(days_after, days_before) between 20 and 40, false) as may_be_monthly_bill
    from spaced
),

series as (
    select
        account_id,
        subscription_id,
        original_currency,
        original_amount,
        coalesce(
            percentile_disc(0.5) within group (order by given_days),
            percentile_disc(0.5) within group (order by days_apart)
        ) as period_days
    from placed
    group by account_id, subscription_id, original_currency, original_amount
    having
        count(given_days) > 0
        or percentile_disc(0.5) within group (order by days_apart) <= 45
        or (
            count(days_apart) > 1
            and percentile_disc(0.67) within group (order by days_apart)
            <= 1.4 * percentile_disc(0.33) within group (order by days_apart)
        )
        or (count(days_apart) > 0 and max(case when may_be_monthly_bill then 1 else 0 end) = 0)
),

final as (
    select
        placed.account_id,
        placed.subscription_id,
        placed.original_currency,
        placed.original_amount,
        placed.revenue_on,
        placed.period_start,
        placed.period_end,
        placed.amount,
        placed.is_monthly_bill,
        coalesce(placed.given_days, series.period_days) as period_days
    from placed
    left join series
        on
            placed.account_id = series.account_id
            and placed.subscription_id = series.subscription_id
            and placed.original_currency = series.original_currency
            and placed.original_amount = series.original_amount
)

select * from final
