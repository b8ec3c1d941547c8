with

leads as (
    select * from {{ ref('int_leads_staged') }}
),

opportunities as (
    select * from {{ ref('int_deals') }}
    where is_opportunity
),

deal_sources as (
    select * from {{ ref('int_deal_sources') }}
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
        {{ reporting_date('opportunities.created_at') }} as dated_on,
        deal_sources.original_source,
        cast(opportunities.amount as decimal(28, 6)) as amount
    from opportunities
    inner join deal_sources on opportunities.deal_id = deal_sources.deal_id
    union all
    select
        'revenue' as measure,
        {{ reporting_date('acquired_at') }} as dated_on,
        original_source,
        cast(coalesce(first_deal_amount, 0) as decimal(28, 6)) as amount
    from customers
),

valued as (
    select
        dated.measure,
        dimensions.dimension,
        case dimensions.dimension
            when 'source' then catalogue.source
            when 'source_type' then catalogue.source_type
            when 'category' then catalogue.category
        end as value,
        dated.amount
    from dated
    inner join catalogue on dated.original_source = catalogue.source
    cross join (values ('source'), ('source_type'), ('category')) as dimensions (dimension)
    where dated.dated_on > {{ as_of_date() }} - {{ var('audit_window_days') }}
),

summed as (
    select
        measure,
        dimension,
        value,
        cast(sum(amount) as decimal(28, 6)) as amount
    from valued
    group by measure, dimension, value
),

shares as (
    select
        *,
        {{ ratio('amount', 'sum(amount) over (partition by measure, dimension)') }} as share
    from summed
),

-- Herfindahl index: the sum of squared shares; 1 when all comes from one value, 1/n when n values bring the same.
final as (
    select
        {{ as_of_date() }} as window_end,
        measure,
        dimension,
        value,
        amount,
        share,
        cast(
            round(sum(cast(share * share as decimal(18, 15))) over (partition by measure, dimension), 12) as double
        ) as herfindahl
    from shares
)

select * from final
