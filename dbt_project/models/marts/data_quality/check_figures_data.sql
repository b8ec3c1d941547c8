with

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

feed_volume as (
    select * from {{ ref('feed_volume') }}
),

feed_freshness as (
    select * from {{ ref('feed_freshness') }}
),

newest_load as (
    select max(loaded_at) as loaded_at from load_ledger
),

-- Files of the newest loads: older ones can hardly be fixed any more.
recent_files as (
    select
        {{ ratio('load_ledger.rows_rejected', 'load_ledger.rows_read') }} as rejected_share,
        load_ledger.rows_repeated
    from load_ledger
    cross join newest_load
    where load_ledger.loaded_at >= newest_load.loaded_at - interval 1 hour * 24 * {{ var('rejected_share_days') }}
),

final as (
    select
        'spend_conserved' as check_name,
        cast(max(abs(amount_staged - amount_in_mart) + amount_quarantined) as double) as figure
    from spend_conservation
    union all
    select
        'credit_conserved' as check_name,
        cast(count(*) as double) as figure
    from credit_conservation
    union all
    select
        'rows_conserved' as check_name,
        cast(sum(abs(rows_read - rows_in_raw - rows_rejected)) as double) as figure
    from row_conservation
    union all
    select
        'rejected_share' as check_name,
        cast(max(rejected_share) as double) as figure
    from recent_files
    union all
    select
        'keys_repeat_within_a_file' as check_name,
        cast(sum(rows_repeated) as double) as figure
    from recent_files
    union all
    select
        'feed_volume' as check_name,
        cast(max(robust_z_score) as double) as figure
    from feed_volume
    union all
    select
        'feed_freshness' as check_name,
        cast(max(staleness_ratio) as double) as figure
    from feed_freshness
)

select * from final
