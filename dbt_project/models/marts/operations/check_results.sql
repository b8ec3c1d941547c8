with

tracking_coverage as (
    select * from {{ ref('tracking_coverage') }}
),

pipeline_concentration as (
    select * from {{ ref('pipeline_concentration') }}
),

spend_conservation as (
    select * from {{ ref('int_spend_conservation') }}
),

credit_conservation as (
    select * from {{ ref('int_credit_conservation') }}
),

row_conservation as (
    select * from {{ ref('int_row_conservation') }}
),

load_ledger as (
    select * from {{ ref('load_ledger') }}
),

follow_up_promises as (
    select * from {{ ref('follow_up_promises') }}
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
        'follow_up_promise' as check_name,
        max(broken_share) as figure,
        {{ var('max_broken_promise_share') }} as threshold
    from follow_up_promises
    where dimension = 'all'
),

severities as (
    {%- for check_name, severity in var('check_severities').items() %}
    select '{{ check_name }}' as check_name, '{{ severity }}' as severity
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- Nothing to judge is nothing wrong: no leads, no pipeline, no files, no promises.
final as (
    select
        figures.check_name,
        coalesce(figures.figure, 0) <= figures.threshold as passed,
        severities.severity,
        cast(coalesce(figures.figure, 0) as double) as figure,
        cast(figures.threshold as double) as threshold,
        {{ as_of() }} as evaluated_at
    from figures
    inner join severities on figures.check_name = severities.check_name
)

select * from final
