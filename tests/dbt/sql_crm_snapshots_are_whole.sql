-- Files of the newest day of loads by which nothing of a SQL CRM can be taken as deleted: rows of them were rejected,
-- or they have none though the table had rows before. Fix the query, or the rows listed in rejected_rows.
{{ config(severity='warn', enabled='sql_crm' in enabled_feeds()) }}
with

ledger as (
    select
        *,
        max(cast(loaded_at as date)) over (partition by entity) as last_loaded_on,
        sum(rows_accepted) over (partition by entity) as rows_ever
    from {{ ref('stg_load_log__load_ledger') }}
    where feed = 'sql_crm'
)

select
    entity,
    file,
    rows_accepted,
    rows_rejected
from ledger
where
    cast(loaded_at as date) = last_loaded_on
    and (rows_rejected > 0 or (rows_accepted = 0 and rows_ever > 0))
