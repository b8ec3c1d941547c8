with

retention as (
    select * from {{ ref('customer_retention') }}
),

scopes as (
    select * from {{ ref('int_report_scopes') }}
),

cohorts as (
    select
        *,
        cast({{ quarter_of('cohort_month') }} as varchar) as cohort
    from retention
    union all
    select
        *,
        'all' as cohort
    from retention
),

counted as (
    select
        cohorts.cohort,
        scopes.category,
        scopes.source_type,
        scopes.source,
        cohorts.month_number,
        sum(cohorts.customers) as customers,
        sum(cohorts.active_customers) as active_customers
    from cohorts
    inner join scopes on cohorts.source = scopes.member
    group by cohorts.cohort, scopes.category, scopes.source_type, scopes.source, cohorts.month_number
),

final as (
    select
        cohort,
        category,
        source_type,
        source,
        month_number,
        cast(customers as bigint) as customers,
        cast(active_customers as bigint) as active_customers,
        {{ ratio('active_customers', 'customers') }} as retention,
        {{ wilson('active_customers', 'customers', '-') }} as retention_low,
        {{ wilson('active_customers', 'customers', '+') }} as retention_high
    from counted
)

select * from final
