with

raw_rows as (
    select * from {{ all_feeds('costs') }} as feeds
),

newest as (
    select * from raw_rows
    {{ newest_version(['month', 'source', 'cost_type']) }}
),

final as (
    select
        md5(concat_ws(chr(31), month, source, cost_type)) as cost_id,
        feed,
        source,
        cost_type,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        amount,
        month as cost_month
    from newest
)

select * from final
