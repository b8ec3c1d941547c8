with

months as (
    select * from {{ ref('int_recurring_months') }}
),

customers as (
    select
        account_id,
        is_active,
        {{ whole_months_between('customer_since', as_of_date()) }} as months_seen
    from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

followed as (
    select
        *,
        lead(month_number) over (partition by account_id order by month_number) as next_month,
        lead(recurring_revenue) over (partition by account_id order by month_number) as next_revenue
    from months
),

-- From each month to the next; the month after the current one of an active customer is not known yet.
steps as (
    select
        followed.account_id,
        followed.recurring_revenue as revenue_before,
        case when followed.next_month = followed.month_number + 1 then followed.next_revenue else 0 end
            as revenue_after
    from followed
    inner join customers on followed.account_id = customers.account_id
    where not customers.is_active or followed.month_number < customers.months_seen
),

sums as (
    select
        account_id,
        sum(revenue_before) as revenue_before,
        sum(revenue_after) as revenue_after,
        sum(least(revenue_before, revenue_after)) as revenue_kept
    from steps
    group by account_id
),

totals as (
    select
        shares.attribution_model,
        shares.source,
        sum(cast(shares.share * sums.revenue_before as decimal(28, 9))) as revenue_before,
        sum(cast(shares.share * sums.revenue_after as decimal(28, 9))) as revenue_after,
        sum(cast(shares.share * sums.revenue_kept as decimal(28, 9))) as revenue_kept
    from shares
    inner join sums on shares.account_id = sums.account_id
    group by shares.attribution_model, shares.source
),

final as (
    select
        attribution_model,
        source,
        round(power({{ ratio('revenue_after', 'revenue_before') }}, 12), 9) as nrr,
        round(power({{ ratio('revenue_kept', 'revenue_before') }}, 12), 9) as grr,
        round({{ ratio('revenue_after - revenue_kept', 'revenue_before') }}, 9) as expansion_rate
    from totals
)

select * from final
