with

portfolio as (
    select * from {{ ref('source_portfolio') }}
    where portfolio_class is not null
),

targets as (
    {%- for portfolio_class, share in var('portfolio_target_shares').items() %}
    select
        '{{ portfolio_class }}' as portfolio_class,
        cast({{ share }} as double) as target_share
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

totals as (
    select
        quarter,
        sum(leads) as leads,
        sum(investment) as investment
    from portfolio
    group by quarter
),

classes as (
    select
        quarter,
        portfolio_class,
        count(*) as sources,
        sum(leads) as leads,
        sum(investment) as investment
    from portfolio
    group by quarter, portfolio_class
),

-- A class without a source has a share of 0.
final as (
    select
        totals.quarter,
        targets.portfolio_class,
        coalesce(classes.sources, 0) as sources,
        {{ ratio('coalesce(classes.investment, 0)', 'totals.investment') }} as investment_share,
        {{ ratio('coalesce(classes.leads, 0)', 'totals.leads') }} as lead_share,
        targets.target_share
    from totals
    cross join targets
    left join classes
        on totals.quarter = classes.quarter and targets.portfolio_class = classes.portfolio_class
)

select * from final
