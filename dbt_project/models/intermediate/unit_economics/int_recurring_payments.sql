-- Method: a payment of no known period is for that of the customer's own payments where it comes when they are due;
-- else, as the rest of an upgrade, until they are due next.
with

payments as (
    select * from {{ ref('int_payment_periods') }}
),

-- Of several own periods, the shortest one.
own as (
    select
        account_id,
        subscription_id,
        revenue_on as own_on,
        amount as own_amount,
        known_days as own_days,
        cast(greatest(round(known_days * 12 / 365.25), 1) as integer) as own_months
    from payments
    where known_days is not null and amount > 0
    qualify row_number() over (
        partition by account_id, subscription_id order by round(known_days * 12 / 365.25), revenue_on desc, amount desc
    ) = 1
),

-- Own periods from the own payment to this one, before it negative.
placed as (
    select
        payments.*,
        own.own_on,
        own.own_amount,
        own.own_days,
        own.own_months,
        round({{ days_between('own.own_on', 'payments.revenue_on') }} * 12 / 365.25 / own.own_months, 2) as periods
    from payments
    left join own
        on
            payments.known_days is null
            and payments.account_id = own.account_id
            and payments.subscription_id = own.subscription_id
),

timed as (
    select
        *,
        case
            when own_months > 1 and abs(periods - round(periods)) * own_months > least(own_months / 6.0, 1)
                then cast(own_on + interval 1 month * (cast(ceil(periods) as integer) * own_months) as date)
            else period_end
        end as ends_on,
        case
            when known_days is not null then known_days
            when own_days is null then likely_days
            -- A twelfth or so of a year's amount, where a year was due: a move to monthly payments.
            when own_months > 1 and amount * {{ var('annual_payment_ratio') }} <= own_amount then 30
            else own_days
        end as days
    from placed
),

covered as (
    select
        *,
        case when ends_on is null then days else {{ days_between('coalesce(period_start, revenue_on)', 'ends_on') }} end
        * 12 / 365.25 as exact_months
    from timed
),

measured as (
    select
        *,
        cast(greatest(round(exact_months), 1) as integer) as billing_months,
        coalesce(period_start, revenue_on) as covers_from,
        case
            when is_of_series then original_currency || ' ' || cast(original_amount as varchar)
            when period_end is null and ends_on is not null then 'upgrade'
            else 'other'
        end as series
    from covered
    where exact_months is not null
),

-- Weeks, and a given period that is not of whole months, are not rounded.
final as (
    select
        account_id,
        subscription_id,
        series,
        revenue_on,
        covers_from,
        case
            when ends_on is not null then ends_on
            when days < 25 then cast(revenue_on as date) + cast(days as integer)
            else cast(revenue_on + interval 1 month * cast(billing_months as integer) as date)
        end as covers_before,
        period_end is not null as is_given,
        billing_months,
        cast(sum(
            amount / case
                when exact_months < 0.82 or (period_end is not null and abs(exact_months - billing_months) > 0.15)
                    then exact_months
                else billing_months
            end
        ) as decimal(28, 12)) as monthly_amount,
        max(case when amount > 0 then cast(
            greatest(revenue_on, covers_from) + interval 1 month * (cast(billing_months as integer) - 1) as date
        ) + {{ var('churn_after_days_recurring') }} end) as churns_on
    from measured
    group by all
)

select * from final
