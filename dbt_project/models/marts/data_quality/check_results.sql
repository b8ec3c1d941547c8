with

tracking_coverage as (
    select * from {{ ref('tracking_coverage') }}
),

pipeline_concentration as (
    select * from {{ ref('pipeline_concentration') }}
),

spend_conservation as (
    select * from {{ ref('spend_conservation') }}
),

credit_conservation as (
    select * from {{ ref('credit_conservation') }}
),

row_conservation as (
    select * from {{ ref('row_conservation') }}
),

load_ledger as (
    select * from {{ ref('load_ledger') }}
),

sla_compliance as (
    select * from {{ ref('sla_compliance') }}
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

source_portfolio as (
    select * from {{ ref('source_portfolio') }}
),

feed_volume as (
    select * from {{ ref('feed_volume') }}
),

feed_freshness as (
    select * from {{ ref('feed_freshness') }}
),

newest_load as (
    select max(loaded_at) as loaded_at from load_ledger
),

-- Files of the newest nights: a bad one is news for as long as somebody may still mend it.
recent_files as (
    select {{ ratio('load_ledger.rows_rejected', 'load_ledger.rows_read') }} as rejected_share
    from load_ledger
    cross join newest_load
    where load_ledger.loaded_at >= newest_load.loaded_at - interval 1 hour * 24 * {{ var('rejected_share_days') }}
),

-- The last whole quarter; the one that still runs where there is no other.
balance_quarter as (
    select
        coalesce(
            max(case when {{ next_quarter('quarter') }} <= {{ as_of_date() }} + 1 then quarter end), max(quarter)
        ) as quarter
    from portfolio_balance
),

figures as (
    select
        'lead_source_coverage' as check_name,
        max(unclear_share) as figure,
        {{ var('unclear_share_threshold') }} as threshold
    from tracking_coverage
    where dimension = 'all' and value = 'window'
    union all
    select
        'pipeline_concentration' as check_name,
        max(pipeline_share) as figure,
        {{ var('pipeline_share_threshold') }} as threshold
    from pipeline_concentration
    union all
    select
        'spend_conserved' as check_name,
        cast(max(abs(amount_staged - amount_in_mart) + amount_quarantined) as double) as figure,
        {{ var('money_tolerance') }} as threshold
    from spend_conservation
    union all
    select
        'credit_conserved' as check_name,
        count(*) as figure,
        0 as threshold
    from credit_conservation
    union all
    select
        'rows_conserved' as check_name,
        sum(abs(rows_read - rows_in_raw - rows_rejected)) as figure,
        0 as threshold
    from row_conservation
    union all
    select
        'rejected_share' as check_name,
        max(rejected_share) as figure,
        {{ var('max_rejected_share') }} as threshold
    from recent_files
    union all
    select
        'sla_compliance' as check_name,
        max(missed_share) as figure,
        {{ var('max_sla_missed_share') }} as threshold
    from sla_compliance
    where dimension = 'all'
    union all
    select
        'ltv_cac_floor' as check_name,
        min(ltv_cac_ratio) as figure,
        {{ var('ltv_cac_healthy') }} as threshold
    from cac_ltv
    union all
    select
        'portfolio_balance' as check_name,
        round(max(abs(portfolio_balance.investment_share - portfolio_balance.target_share)), 12) as figure,
        {{ var('portfolio_balance_tolerance') }} as threshold
    from portfolio_balance
    inner join balance_quarter on portfolio_balance.quarter = balance_quarter.quarter
    union all
    -- Whole quarters since the last one that brought something new; the one that still runs has time left.
    select
        'new_source_each_quarter' as check_name,
        greatest({{ whole_months_between('max(quarter)', quarter_of(as_of_date())) }} / 3 - 1, 0) as figure,
        {{ var('max_quarters_without_new_source') }} as threshold
    from source_portfolio
    where is_new_source
    union all
    select
        'feed_volume' as check_name,
        max(robust_z_score) as figure,
        {{ var('feed_volume_max_z_score') }} as threshold
    from feed_volume
    union all
    select
        'feed_freshness' as check_name,
        max(staleness_ratio) as figure,
        {{ var('feed_freshness_max_staleness') }} as threshold
    from feed_freshness
),

severities as (
    {%- for check_name, severity in var('check_severities').items() %}
    select '{{ check_name }}' as check_name, '{{ severity }}' as severity
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- Nothing to judge is nothing wrong: no leads, no pipeline, no files, no promises. LTV:CAC has a floor, the rest has a
-- ceiling.
final as (
    select
        figures.check_name,
        case
            when figures.check_name = 'ltv_cac_floor' then coalesce(figures.figure >= figures.threshold, true)
            else coalesce(figures.figure, 0) <= figures.threshold
        end as passed,
        severities.severity,
        case
            when figures.check_name = 'ltv_cac_floor' then cast(figures.figure as double)
            else cast(coalesce(figures.figure, 0) as double)
        end as figure,
        cast(figures.threshold as double) as threshold,
        {{ as_of() }} as evaluated_at
    from figures
    inner join severities on figures.check_name = severities.check_name
)

select * from final
