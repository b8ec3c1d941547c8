-- Method: Kaplan-Meier over whole months until churn, each customer weighted by its share, shrunk towards the curve of
-- all sources of the attribution model.
with

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

-- Once more without a source, for all sources together.
grouped_shares as (
    select account_id, attribution_model, source, share from shares
    union all
    select account_id, attribution_model, cast(null as varchar) as source, share from shares
),

months as (
    select cast(number as integer) as month_number
    from {{ number_series(0, var('ltv_horizon_months') - 1) }}
),

tenures as (
    select
        grouped_shares.attribution_model,
        grouped_shares.source,
        customers.tenure_months,
        not customers.is_active as is_churned,
        sum(cast(grouped_shares.share as decimal(18, 12))) as customers
    from grouped_shares
    inner join customers on grouped_shares.account_id = customers.account_id
    group by grouped_shares.attribution_model, grouped_shares.source, customers.tenure_months, customers.is_active
),

-- Each month: the customers who were still there when it began, and those who churned in it.
hazards as (
    select
        tenures.attribution_model,
        tenures.source,
        months.month_number,
        cast(sum(tenures.customers) as double) as customers,
        -- Customer-months in which churn could have been seen, and the customers who churned, over all months.
        cast(sum(tenures.customers * tenures.tenure_months) as double) as months_at_risk,
        cast(sum(case when tenures.is_churned then tenures.customers else 0 end) as double) as churned_customers,
        cast(sum(case when tenures.tenure_months >= months.month_number then tenures.customers else 0 end) as double)
            as at_risk,
        cast(sum(
            case
                when tenures.is_churned and tenures.tenure_months = months.month_number then tenures.customers
                else 0
            end
        ) as double) as churned
    from tenures
    cross join months
    group by tenures.attribution_model, tenures.source, months.month_number
),

-- The logarithm of the share kept; beyond the last month seen, the average churn so far goes on. The logarithm of 0 is
-- kept finite: a curve that has reached 0 stays there.
steps as (
    select
        attribution_model,
        source,
        month_number,
        customers,
        case
            when at_risk > 0 then ln(greatest(1 - churned / at_risk, 1e-300))
            when months_at_risk > 0 then ln(greatest(1 - churned_customers / months_at_risk, 1e-300))
            else 0
        end as log_kept
    from hazards
),

curves as (
    select
        attribution_model,
        source,
        month_number,
        customers,
        exp(
            sum(log_kept) over (
                partition by attribution_model, source order by month_number
                rows between unbounded preceding and current row
            )
        ) as own_retention
    from steps
),

final as (
    select
        curves.attribution_model,
        curves.source,
        curves.month_number,
        curves.customers,
        round(curves.own_retention, 12) as own_retention,
        round(
            (
                curves.customers * curves.own_retention
                + {{ var('shrinkage_customers') }} * overall.own_retention
            ) / (curves.customers + {{ var('shrinkage_customers') }}),
            12
        ) as retention
    from curves
    inner join curves as overall
        on
            curves.attribution_model = overall.attribution_model
            and curves.month_number = overall.month_number
            and overall.source is null
    where curves.source is not null
)

select * from final
