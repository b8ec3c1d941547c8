with

load_ledger as (
    select * from {{ ref('load_ledger') }}
),

rejected_rows as (
    select * from {{ ref('rejected_rows') }}
),

row_counts as (
    select * from {{ ref('stg_load_log__row_counts') }}
),

ledger as (
    select
        feed,
        entity,
        sum(rows_read) as rows_read,
        sum(rows_superseded) as rows_superseded
    from load_ledger
    group by feed, entity
),

rejected as (
    select
        feed,
        entity,
        count(*) as rows_rejected
    from rejected_rows
    group by feed, entity
),

final as (
    select
        row_counts.feed,
        row_counts.entity,
        cast(coalesce(ledger.rows_read, 0) as bigint) as rows_read,
        row_counts.raw_rows as rows_in_raw,
        coalesce(rejected.rows_rejected, 0) as rows_rejected,
        cast(coalesce(ledger.rows_superseded, 0) as bigint) as rows_superseded
    from row_counts
    left join ledger on row_counts.feed = ledger.feed and row_counts.entity = ledger.entity
    left join rejected on row_counts.feed = rejected.feed and row_counts.entity = rejected.entity
)

select * from final
