with

tracking_coverage as (
    select * from {{ ref('tracking_coverage') }}
    where dimension = 'all' and value = 'window'
),

pipeline_concentration as (
    select * from {{ ref('pipeline_concentration') }}
),

sla_compliance as (
    select * from {{ ref('sla_compliance') }}
    where dimension = 'all'
),

cac_ltv as (
    select * from {{ ref('fct_source_cac_ltv') }}
    where
        attribution_model = '{{ var("default_attribution_model") }}'
        and customers >= {{ var('ltv_cac_min_customers') }}
),

portfolio_balance as (
    select * from {{ ref('portfolio_balance') }}
),

new_sources as (
    select * from {{ ref('source_portfolio') }}
    where is_new_source
),

-- The last whole quarter; the running one where there is no other.
balance_quarter as (
    select
        coalesce(
            max(case when {{ next_quarter('quarter') }} <= {{ as_of_date() }} + 1 then quarter end), max(quarter)
        ) as quarter
    from portfolio_balance
),

final as (
    select
        'lead_source_coverage' as check_name,
        cast(max(unclear_share) as double) as figure
    from tracking_coverage
    union all
    select
        'pipeline_concentration' as check_name,
        cast(max(pipeline_share) as double) as figure
    from pipeline_concentration
    union all
    select
        'sla_compliance' as check_name,
        cast(max(missed_share) as double) as figure
    from sla_compliance
    union all
    select
        'ltv_cac_floor' as check_name,
        cast(min(ltv_cac_ratio) as double) as figure
    from cac_ltv
    union all
    select
        'portfolio_balance' as check_name,
        cast(round(max(abs(portfolio_balance.investment_share - portfolio_balance.target_share)), 12) as double)
            as figure
    from portfolio_balance
    inner join balance_quarter on portfolio_balance.quarter = balance_quarter.quarter
    union all
    -- Whole quarters since the last one with a new source; the running quarter is not counted.
    select
        'new_source_each_quarter' as check_name,
        cast(case
            when count(*) > 0
                then greatest({{ whole_months_between('max(quarter)', quarter_of(as_of_date())) }} / 3 - 1, 0)
        end as double) as figure
    from new_sources
)

select * from final
