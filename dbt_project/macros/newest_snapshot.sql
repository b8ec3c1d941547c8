{#-
    CTEs over the snapshots of a table of a SQL CRM, of which `newest` has one row per key, from the newest snapshot with
    it, and `is_gone`: whether a later snapshot lacks it. Only snapshots without rejected rows count for that, as a
    rejected row is not gone, and only snapshots with rows, as a broken query gives none.
-#}
{% macro newest_snapshot(entity, key) -%}
    raw_rows as (
        select * from {{ source('sql_crm', entity) }}
    ),

    ledger as (
        select * from {{ ref('stg_load_log__load_ledger') }}
        where feed = 'sql_crm' and entity = '{{ entity }}'
    ),

    files as (
        select distinct
            snapshot_at,
            _checksum
        from raw_rows
    ),

    whole_snapshots as (
        select files.snapshot_at
        from files
        inner join ledger on files._checksum = ledger.checksum
        group by files.snapshot_at
        having sum(ledger.rows_rejected) = 0
    ),

    last_whole as (
        select
            coalesce(max(case when snapshot_at <= {{ as_of() }} then snapshot_at end), max(snapshot_at)) as snapshot_at
        from whole_snapshots
    ),

    newest_rows as (
        select * from raw_rows
        {{ newest_version(key, 'snapshot_at') }}
    ),

    newest as (
        select
            newest_rows.*,
            coalesce(newest_rows.snapshot_at < last_whole.snapshot_at, false) as is_gone
        from newest_rows
        cross join last_whole
    )
{%- endmacro %}
