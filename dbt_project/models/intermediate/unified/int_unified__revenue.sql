with

newest as (
    select * from {{ all_feeds('revenue') }} as feeds
    {{ newest_version(['revenue_id']) }}
),

-- Vendors send refunds with either sign; here a refund always lowers revenue. A period without both of its ends in
-- order is none: it is inferred.
final as (
    select
        revenue_id,
        feed,
        {{ without_placeholder('account_id', "feed || ':'") }} as account_id,
        {{ without_placeholder('lead_id', "feed || ':'") }} as lead_id,
        coalesce(kind, 'one_off') as kind,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        case when kind = 'refund' then -abs(amount) else amount end as amount,
        date as revenue_on,
        {{ without_placeholder('subscription_id', "feed || ':'") }} as subscription_id,
        case when period_start < period_end then period_start end as period_start,
        case when period_start < period_end then period_end end as period_end
    from newest
    where date <= {{ as_of_date() }}
)

select * from final
