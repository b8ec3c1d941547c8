-- Spend wins its customers later. So the newest cohorts whose customers have come, as many months as the window has, are
-- judged: their spend, each month's times its maturity share, and their customers. A source without a mature cohort that
-- cost anything is judged by the customers won in the window, and the spend that matured in it.
{%- set window = 'interval 3 month * ' ~ var('recommendation_window_quarters') %}
{%- set window_start = 'cast(' ~ next_quarter('quarter') ~ ' - ' ~ window ~ ' as date)' %}
{%- set is_judged = 'is_mature and month > newest_mature_month - ' ~ window %}
with

cohorts as (
    select
        *,
        max(case when is_mature then month end) over (partition by quarter, source, attribution_model)
            as newest_mature_month
    from {{ ref('source_cohorts') }}
),

-- As long as no customer is known, all spend of the window counts.
matured as (
    select
        *,
        cast(case when {{ is_judged }} then investment * maturity_share else 0 end as decimal(28, 6))
            as cohort_investment,
        cast(case when {{ is_judged }} then customers else 0 end as decimal(28, 9)) as cohort_customers,
        cast(case when {{ is_judged }} then investment else 0 end as decimal(28, 6)) as cohort_spend,
        cast(
            investment * coalesce(
                maturity_share - maturity_share_before, case when month >= {{ window_start }} then 1 else 0 end
            ) as decimal(28, 6)
        ) as shifted_investment,
        cast(
            investment * (
                1 - coalesce(maturity_share_before, case when month >= {{ window_start }} then 0 else 1 end)
            ) as decimal(28, 6)
        ) as shifted_spend,
        cast(customers - customers_before as decimal(28, 9)) as shifted_customers
    from cohorts
),

summed as (
    select
        quarter,
        source,
        attribution_model,
        case when sum(cohort_investment) > 0 then 'cohort' else 'shifted' end as cac_basis,
        min(case when {{ is_judged }} then month end) as cohort_from,
        max(newest_mature_month) as cohort_until,
        sum(cohort_investment) as cohort_investment,
        cast(sum(cohort_customers) as double) as cohort_customers,
        sum(cohort_spend) as cohort_spend,
        sum(shifted_investment) as shifted_investment,
        sum(shifted_spend) as shifted_spend,
        cast(sum(shifted_customers) as double) as shifted_customers
    from matured
    group by quarter, source, attribution_model
),

chosen as (
    select
        quarter,
        source,
        attribution_model,
        cac_basis,
        case cac_basis when 'cohort' then cohort_from else {{ window_start }} end as cac_from,
        case cac_basis
            when 'cohort' then cohort_until
            else {{ month_of('least(' ~ next_quarter('quarter') ~ ' - 1, ' ~ as_of_date() ~ ')') }}
        end as cac_until,
        cast(case cac_basis when 'cohort' then cohort_investment else shifted_investment end as decimal(28, 6))
            as cac_investment,
        case cac_basis when 'cohort' then cohort_customers else shifted_customers end as cac_customers,
        case when cohort_investment > 0 or shifted_investment > 0 then least(case cac_basis
            when 'cohort' then {{ ratio('cohort_investment', 'cohort_spend') }}
            else {{ ratio('shifted_investment', 'shifted_spend') }}
        end, 1) end as cac_maturity_share
    from summed
),

-- Refunded spend on balance buys no customer.
final as (
    select
        *,
        case when cac_investment > 0 then {{ ratio('cac_investment', 'cac_customers') }} end as cac,
        case when cac_investment > 0 then {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '-') }} end as cac_low,
        case when cac_investment > 0 then {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '+') }} end as cac_high
    from chosen
)

select * from final
