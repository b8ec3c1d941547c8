with

raw_rows as (
    select * from {{ all_feeds('revenue') }} as feeds
),

newest as (
    select * from raw_rows
    {{ newest_version(['revenue_id']) }}
),

-- Vendors send refunds with either sign; here a refund always lowers revenue.
final as (
    select
        revenue_id,
        feed,
        {{ without_placeholder('account_id', "feed || ':'") }} as account_id,
        {{ without_placeholder('lead_id', "feed || ':'") }} as lead_id,
        coalesce(kind, 'one_off') as kind,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        case when kind = 'refund' then -abs(amount) else amount end as amount,
        date as revenue_on
    from newest
    where date <= {{ as_of_date() }}
)

select * from final
