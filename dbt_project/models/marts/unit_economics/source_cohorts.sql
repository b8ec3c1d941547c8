{%- set quarters_before = var('recommendation_window_quarters') - 1 -%}
{%- set window_start = 'cast(windows.quarter - interval 3 month * ' ~ quarters_before ~ ' as date)' %}
with

totals as (
    select * from {{ ref('source_totals_monthly') }}
),

cohort_customers as (
    select * from {{ ref('int_cohort_customers') }}
),

maturity as (
    select * from {{ ref('source_maturity') }}
),

quarters as (
    select distinct
        quarter,
        known_before
    from maturity
),

windows as (
    select
        quarter,
        known_before,
        false as is_hindsight
    from quarters
    union all
    select
        quarter,
        cast({{ as_of_date() }} + 1 as date) as known_before,
        true as is_hindsight
    from quarters
),

-- Each month as it was known at the end of each quarter, and as it is known now. The running month counts as far as it
-- has come.
known_totals as (
    select
        windows.quarter,
        windows.is_hindsight,
        windows.known_before,
        totals.month,
        totals.source,
        totals.attribution_model,
        totals.investment,
        totals.leads,
        {{ whole_months_between('totals.month', 'windows.known_before') }} as age_months,
        {{ whole_months_between('totals.month', window_start) }} as age_months_before
    from windows
    inner join totals
        on windows.known_before > totals.month and {{ next_quarter('windows.quarter') }} > totals.month
),

known_customers as (
    select
        windows.quarter,
        windows.is_hindsight,
        cohort_customers.month,
        cohort_customers.source,
        cohort_customers.attribution_model,
        cast(sum(cohort_customers.customers) as double) as customers,
        cast(sum(
            case when cohort_customers.won_month < {{ window_start }} then cohort_customers.customers else 0 end
        ) as double) as customers_before
    from windows
    inner join cohort_customers on windows.known_before > cohort_customers.won_month
    group by
        windows.quarter, windows.is_hindsight, cohort_customers.month, cohort_customers.source,
        cohort_customers.attribution_model
),

final as (
    select
        known_totals.quarter,
        known_totals.is_hindsight,
        known_totals.month,
        known_totals.source,
        known_totals.attribution_model,
        known_totals.investment,
        known_totals.leads,
        coalesce(known_customers.customers, 0) as customers,
        coalesce(known_customers.customers_before, 0) as customers_before,
        coalesce(maturity.maturity_share >= {{ var('cohort_min_maturity') }}, false) as is_mature,
        maturity.maturity_share,
        case when maturity.maturity_share is not null then coalesce(before.share_won, 0) end as maturity_share_before
    from known_totals
    inner join maturity
        on
            known_totals.known_before = maturity.known_before
            and known_totals.source = maturity.source
            and known_totals.attribution_model = maturity.attribution_model
            and known_totals.age_months = maturity.age_months
    left join maturity as before
        on
            known_totals.known_before = before.known_before
            and known_totals.source = before.source
            and known_totals.attribution_model = before.attribution_model
            and known_totals.age_months_before = before.age_months
    left join known_customers
        on
            known_totals.quarter = known_customers.quarter
            and known_totals.is_hindsight = known_customers.is_hindsight
            and known_totals.month = known_customers.month
            and known_totals.source = known_customers.source
            and known_totals.attribution_model = known_customers.attribution_model
)

select * from final
