with

attribution as (
    select * from {{ ref('attribution_daily') }}
),

investment as (
    select * from {{ ref('int_investment_daily') }}
),

models as (
    select * from {{ ref('int_attribution_models') }}
),

cohort_customers as (
    select * from {{ ref('int_cohort_customers') }}
),

spent as (
    select
        {{ month_of('date') }} as month,
        source,
        cast(sum(amount) as decimal(28, 10)) as amount
    from investment
    group by {{ month_of('date') }}, source
),

-- What counts for a month: its conversions by credit; its investment, under every model, whether or not it brought
-- anything; and the customers whose lead was created in it (without a lead: won in it), however late they came.
events as (
    select
        {{ month_of('conversion_date') }} as month,
        source,
        attribution_model,
        conversion_type as event,
        conversions,
        value as amount
    from attribution
    union all
    select
        spent.month,
        spent.source,
        models.attribution_model,
        'investment' as event,
        0 as conversions,
        spent.amount
    from spent
    cross join models
    union all
    select
        month,
        source,
        attribution_model,
        'cohort_customer' as event,
        customers as conversions,
        margin_to_date as amount
    from cohort_customers
),

final as (
    select
        month,
        source,
        attribution_model,
        cast(sum(case when event = 'investment' then amount else 0 end) as decimal(28, 10)) as investment,
        round(sum(case when event = 'lead' then conversions else 0 end), 9) as leads,
        round(sum(case when event = 'mql' then conversions else 0 end), 9) as mqls,
        round(sum(case when event = 'sql' then conversions else 0 end), 9) as sqls,
        round(sum(case when event = 'opportunity' then conversions else 0 end), 9) as opportunities,
        round(sum(case when event = 'customer' then conversions else 0 end), 9) as customers,
        round(cast(sum(
            cast(case when event = 'cohort_customer' then conversions else 0 end as decimal(18, 12))
        ) as double), 9) as cohort_customers,
        cast(sum(case when event = 'cohort_customer' then amount else 0 end) as decimal(28, 10)) as cohort_margin,
        cast(sum(case when event = 'opportunity' then amount else 0 end) as decimal(28, 10)) as pipeline,
        cast(sum(case when event = 'customer' then amount else 0 end) as decimal(28, 10)) as revenue
    from events
    group by month, source, attribution_model
)

select * from final
