with

attribution as (
    select * from {{ ref('attribution_daily') }}
),

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

customer_shares as (
    select * from {{ ref('int_customer_shares') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
),

results as (
    select
        {{ month_of('conversion_date') }} as month,
        source,
        attribution_model,
        sum(case when conversion_type = 'lead' then conversions else 0 end) as leads,
        sum(case when conversion_type = 'mql' then conversions else 0 end) as mqls,
        sum(case when conversion_type = 'sql' then conversions else 0 end) as sqls,
        sum(case when conversion_type = 'opportunity' then conversions else 0 end) as opportunities,
        sum(case when conversion_type = 'customer' then conversions else 0 end) as customers,
        sum(case when conversion_type = 'opportunity' then value else 0 end) as pipeline,
        sum(case when conversion_type = 'customer' then value else 0 end) as revenue
    from attribution
    group by {{ month_of('conversion_date') }}, source, attribution_model
),

models as (
    {%- for model in attribution_model_names() %}
    select '{{ model }}' as attribution_model
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

spent as (
    select
        {{ month_of('date') }} as month,
        source,
        sum(amount) as investment
    from investment
    group by {{ month_of('date') }}, source
),

-- Spend is there under every model, whether or not anything came of it.
spent_by_model as (
    select
        spent.month,
        spent.source,
        models.attribution_model,
        spent.investment
    from spent
    cross join models
),

-- Customers by the month in which their lead was created, however late they came.
cohort_months as (
    select
        customers.account_id,
        {{ month_of('coalesce(' ~ reporting_date('leads.created_at') ~ ', customers.acquired_on)') }} as month
    from customers
    left join leads on customers.lead_id = leads.lead_id
),

cohorts as (
    select
        cohort_months.month,
        customer_shares.source,
        customer_shares.attribution_model,
        sum(cast(customer_shares.share as decimal(18, 12))) as customers
    from customer_shares
    inner join cohort_months on customer_shares.account_id = cohort_months.account_id
    group by cohort_months.month, customer_shares.source, customer_shares.attribution_model
),

keys as (
    select month, source, attribution_model from results
    union
    select month, source, attribution_model from spent_by_model
    union
    select month, source, attribution_model from cohorts
),

joined as (
    select
        keys.month,
        keys.source,
        keys.attribution_model,
        coalesce(spent_by_model.investment, 0) as investment,
        round(coalesce(results.leads, 0), 9) as leads,
        round(coalesce(results.mqls, 0), 9) as mqls,
        round(coalesce(results.sqls, 0), 9) as sqls,
        round(coalesce(results.opportunities, 0), 9) as opportunities,
        round(coalesce(results.customers, 0), 9) as customers,
        round(cast(coalesce(cohorts.customers, 0) as double), 9) as cohort_customers,
        coalesce(results.pipeline, 0) as pipeline,
        coalesce(results.revenue, 0) as revenue
    from keys
    left join results
        on
            keys.month = results.month
            and keys.source = results.source
            and keys.attribution_model = results.attribution_model
    left join spent_by_model
        on
            keys.month = spent_by_model.month
            and keys.source = spent_by_model.source
            and keys.attribution_model = spent_by_model.attribution_model
    left join cohorts
        on
            keys.month = cohorts.month
            and keys.source = cohorts.source
            and keys.attribution_model = cohorts.attribution_model
),

earned as (
    select
        joined.*,
        cast(joined.revenue as double) * coalesce(source_settings.gross_margin_rate, {{ var('gross_margin_rate') }})
            as margin,
        intervals.margin_variation
    from joined
    left join source_settings on joined.source = source_settings.source
    left join intervals
        on joined.source = intervals.source and joined.attribution_model = intervals.attribution_model
),

final as (
    select
        month,
        source,
        attribution_model,
        {{ performance_figures() }}
    from earned
)

select * from final
