with

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

months as (
    select cast(number as integer) as month_number
    from {{ number_series(0, var('ltv_horizon_months') - 1) }}
),

tenures as (
    select
        shares.attribution_model,
        shares.source,
        customers.tenure_months,
        not customers.is_active as is_churned,
        sum(cast(shares.share as decimal(18, 12))) as customers
    from shares
    inner join customers on shares.account_id = customers.account_id
    group by shares.attribution_model, shares.source, customers.tenure_months, customers.is_active
),

everybody as (
    select
        attribution_model,
        cast(null as varchar) as source,
        tenure_months,
        is_churned,
        sum(customers) as customers
    from tenures
    group by attribution_model, tenure_months, is_churned
),

groups as (
    select * from tenures
    union all
    select * from everybody
),

sizes as (
    select
        attribution_model,
        source,
        cast(sum(customers) as double) as customers,
        max(tenure_months) as last_month,
        -- Customer-months in which a loss could have shown, and the losses.
        cast(sum(customers * tenure_months) as double) as months_at_risk,
        cast(sum(case when is_churned then customers else 0 end) as double) as losses
    from groups
    group by attribution_model, source
),

hazards as (
    select
        sizes.attribution_model,
        sizes.source,
        months.month_number,
        cast(sum(case when groups.tenure_months >= months.month_number then groups.customers else 0 end) as double)
            as at_risk,
        cast(
            sum(
                case
                    when groups.tenure_months = months.month_number and groups.is_churned then groups.customers
                    else 0
                end
            ) as double
        ) as lost
    from sizes
    cross join months
    inner join groups
        on
            sizes.attribution_model = groups.attribution_model
            and sizes.source is not distinct from groups.source
    group by sizes.attribution_model, sizes.source, months.month_number
),

-- The logarithm of nothing is kept finite: a curve that has reached zero stays there.
steps as (
    select
        hazards.attribution_model,
        hazards.source,
        hazards.month_number,
        sizes.customers,
        case
            when hazards.at_risk > 0 then ln(greatest(1 - hazards.lost / hazards.at_risk, 1e-300))
            when sizes.months_at_risk > 0 then ln(greatest(1 - sizes.losses / sizes.months_at_risk, 1e-300))
            else 0
        end as log_kept
    from hazards
    inner join sizes
        on
            hazards.attribution_model = sizes.attribution_model
            and hazards.source is not distinct from sizes.source
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
