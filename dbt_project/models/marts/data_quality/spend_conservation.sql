-- Computed without int_exchange_rates and int_costs_daily, so that a fault on either side shows as a difference: rates
-- are looked up in the seed for each month of spend, and a month's cost is prorated, not spread over days.
{%- set reporting_currency = "'" ~ var('reporting_currency') ~ "'" %}
with

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

ad_spend as (
    select * from {{ ref('int_unified__ad_spend') }}
),

costs as (
    select * from {{ ref('int_unified__costs') }}
),

seed_rates as (
    select * from {{ ref('exchange_rates') }}
    where rate > 0
),

billed as (
    select currency, {{ month_of('spent_on') }} as month, false as is_prorated, cast(cost as decimal(20, 6)) as amount
    from ad_spend
    union all
    select currency, cost_month as month, true as is_prorated, cast(amount as decimal(20, 6)) as amount
    from costs
),

billed_months as (
    select distinct currency, month from billed
),

legs as (
    select currency, to_currency, month, 0 as is_inverse, cast(rate as double) as rate
    from seed_rates
    union all
    select to_currency as currency, currency as to_currency, month, 1 as is_inverse, 1 / cast(rate as double) as rate
    from seed_rates
),

-- One leg into the reporting currency, else two; of each leg the newest rate of the month, given rates before inverse.
rates as (
    select
        billed_months.currency,
        billed_months.month,
        cast(first_leg.rate * coalesce(second_leg.rate, 1) as decimal(18, 10)) as rate
    from billed_months
    inner join legs as first_leg
        on billed_months.currency = first_leg.currency and billed_months.month >= first_leg.month
    left join legs as second_leg
        on
            first_leg.to_currency != {{ reporting_currency }}
            and first_leg.to_currency = second_leg.currency
            and second_leg.to_currency = {{ reporting_currency }}
            and billed_months.month >= second_leg.month
    where first_leg.to_currency = {{ reporting_currency }} or second_leg.rate is not null
    qualify row_number() over (
        partition by billed_months.currency, billed_months.month
        order by
            case when first_leg.to_currency = {{ reporting_currency }} then 0 else 1 end, first_leg.to_currency,
            first_leg.is_inverse, first_leg.month desc, second_leg.is_inverse, second_leg.month desc
    ) = 1
),

converted as (
    select
        billed.is_prorated,
        billed.amount as original_amount,
        {{ days_between('billed.month', 'cast(billed.month + interval 1 month as date)') }} as days_in_month,
        {{ days_between('billed.month', as_of_date()) }} + 1 as days_elapsed,
        try_cast(
            billed.amount * case
                when billed.currency = {{ reporting_currency }} then cast(1 as decimal(18, 10)) else rates.rate
            end as decimal(18, 6)
        ) as amount
    from billed
    left join rates on billed.currency = rates.currency and billed.month = rates.month
),

-- What has fallen due by `as_of`.
due as (
    select
        case
            when not is_prorated or days_elapsed >= days_in_month then amount
            else cast(round(cast(amount as double) * days_elapsed / days_in_month, 2) as decimal(20, 6))
        end as amount,
        case
            when not is_prorated or days_elapsed >= days_in_month then original_amount
            else cast(round(cast(original_amount as double) * days_elapsed / days_in_month, 2) as decimal(20, 6))
        end as original_amount
    from converted
    where not is_prorated or days_elapsed > 0
),

invested as (
    select coalesce(sum(amount), 0) as amount from investment
),

-- An amount that cannot be converted is in no mart; it is counted as it was billed, in its own currency.
staged as (
    select
        coalesce(sum(amount), 0) as amount,
        coalesce(sum(case when amount is null then original_amount end), 0) as amount_quarantined
    from due
),

final as (
    select
        cast(staged.amount as decimal(38, 6)) as amount_staged,
        cast(staged.amount_quarantined as decimal(38, 6)) as amount_quarantined,
        cast(invested.amount as decimal(38, 6)) as amount_in_mart
    from staged
    cross join invested
)

select * from final
