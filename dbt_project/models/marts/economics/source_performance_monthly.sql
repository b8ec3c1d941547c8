with

attribution as (
    select * from {{ ref('attribution_daily') }}
),

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

source_settings as (
    select * from {{ ref('source_settings') }}
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

joined as (
    select
        coalesce(results.month, spent_by_model.month) as month,
        coalesce(results.source, spent_by_model.source) as source,
        coalesce(results.attribution_model, spent_by_model.attribution_model) as attribution_model,
        coalesce(spent_by_model.investment, 0) as investment,
        round(coalesce(results.leads, 0), 9) as leads,
        round(coalesce(results.mqls, 0), 9) as mqls,
        round(coalesce(results.sqls, 0), 9) as sqls,
        round(coalesce(results.opportunities, 0), 9) as opportunities,
        round(coalesce(results.customers, 0), 9) as customers,
        coalesce(results.pipeline, 0) as pipeline,
        coalesce(results.revenue, 0) as revenue
    from results
    full outer join spent_by_model
        on
            results.month = spent_by_model.month
            and results.source = spent_by_model.source
            and results.attribution_model = spent_by_model.attribution_model
),

final as (
    select
        joined.month,
        joined.source,
        joined.attribution_model,
        cast(joined.investment as decimal(28, 6)) as investment,
        joined.leads,
        joined.mqls,
        joined.sqls,
        joined.opportunities,
        joined.customers,
        cast(joined.pipeline as decimal(28, 10)) as pipeline,
        cast(joined.revenue as decimal(28, 10)) as revenue,
        {{ ratio('joined.investment', 'joined.leads') }} as cpl,
        {{ ratio('joined.investment', 'joined.mqls') }} as cost_per_mql,
        {{ ratio('joined.investment', 'joined.sqls') }} as cost_per_sql,
        {{ ratio('joined.investment', 'joined.opportunities') }} as cost_per_opportunity,
        {{ ratio('joined.investment', 'joined.customers') }} as cac,
        {{ ratio(
            'cast(joined.revenue as double) * coalesce(source_settings.gross_margin_rate, '
            ~ var('gross_margin_rate') ~ ') - cast(joined.investment as double)',
            'joined.investment'
        ) }} as roi
    from joined
    left join source_settings on joined.source = source_settings.source
)

select * from final
