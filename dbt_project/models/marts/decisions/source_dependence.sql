with

leads as (
    select * from {{ ref('fct_leads') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

customers as (
    select * from {{ ref('fct_customers') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

dated as (
    select
        'leads' as measure,
        created_on as dated_on,
        original_source,
        cast(1 as decimal(28, 6)) as amount
    from leads
    union all
    select
        'pipeline' as measure,
        {{ reporting_date('created_at') }} as dated_on,
        original_source,
        cast(coalesce(amount, 0) as decimal(28, 6)) as amount
    from opportunities
    union all
    select
        'revenue' as measure,
        {{ reporting_date('acquired_at') }} as dated_on,
        original_source,
        cast(coalesce(first_deal_amount, 0) as decimal(28, 6)) as amount
    from customers
),

windowed as (
    select
        dated.measure,
        catalogue.source,
        catalogue.source_type,
        catalogue.category,
        dated.amount
    from dated
    inner join catalogue on dated.original_source = catalogue.source
    where dated.dated_on > {{ as_of_date() }} - {{ var('audit_window_days') }}
),

summed as (
    {%- for dimension in ['source', 'source_type', 'category'] %}
    select
        measure,
        '{{ dimension }}' as dimension,
        {{ dimension }} as value,
        cast(sum(amount) as decimal(28, 6)) as amount
    from windowed
    group by measure, {{ dimension }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

totals as (
    select
        measure,
        dimension,
        sum(amount) as amount
    from summed
    group by measure, dimension
),

shares as (
    select
        summed.measure,
        summed.dimension,
        summed.value,
        summed.amount,
        {{ ratio('summed.amount', 'totals.amount') }} as share
    from summed
    inner join totals on summed.measure = totals.measure and summed.dimension = totals.dimension
),

-- Sum of squared shares: 1 when everything comes from one place, 1/n when n places bring the same.
concentrations as (
    select
        measure,
        dimension,
        sum(cast(share * share as decimal(18, 15))) as herfindahl
    from shares
    group by measure, dimension
),

final as (
    select
        {{ as_of_date() }} as window_end,
        shares.measure,
        shares.dimension,
        shares.value,
        shares.amount,
        shares.share,
        cast(round(concentrations.herfindahl, 12) as double) as herfindahl
    from shares
    inner join concentrations
        on shares.measure = concentrations.measure and shares.dimension = concentrations.dimension
)

select * from final
