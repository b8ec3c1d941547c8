-- Method: revenue of a year ago against now, where it was up for renewal since. The annualised figures go from each
-- month to the next, to the power of twelve: for sources younger than a year too.
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

due as (
    select distinct account_id
    from {{ ref('int_subscription_terms') }}
    where due_on > cast({{ as_of_date() }} - interval 12 month as date) and due_on <= {{ as_of_date() }}
),

years as (
    select
        before.account_id,
        before.recurring_revenue as revenue_before,
        coalesce(after.recurring_revenue, 0) as revenue_after
    from months as before
    inner join customers
        on before.account_id = customers.account_id and before.month_number = customers.months_seen - 12
    inner join due on before.account_id = due.account_id
    left join months as after
        on before.account_id = after.account_id and customers.months_seen = after.month_number
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

changes as (
    select account_id, 'month' as span, revenue_before, revenue_after
    from steps
    union all
    select account_id, 'year' as span, revenue_before, revenue_after
    from years
),

sums as (
    select
        account_id,
        span,
        sum(revenue_before) as revenue_before,
        sum(revenue_after) as revenue_after,
        sum(least(revenue_before, revenue_after)) as revenue_kept
    from changes
    group by account_id, span
),

totals as (
    select
        shares.attribution_model,
        {%- for span in ['month', 'year'] %}
        {%- for figure in ['before', 'after', 'kept'] %}
        sum(cast(
            case when sums.span = '{{ span }}' then shares.share * sums.revenue_{{ figure }} end as decimal(28, 9)
        )) as {{ span }}_{{ figure }},
        {%- endfor %}
        {%- endfor %}
        shares.source
    from shares
    inner join sums on shares.account_id = sums.account_id
    group by shares.attribution_model, shares.source
),

final as (
    select
        attribution_model,
        source,
        round({{ ratio('year_after', 'year_before') }}, 9) as nrr,
        round({{ ratio('year_kept', 'year_before') }}, 9) as grr,
        round(power({{ ratio('month_after', 'month_before') }}, 12), 9) as nrr_annualised,
        round(power({{ ratio('month_kept', 'month_before') }}, 12), 9) as grr_annualised,
        round({{ ratio('month_after - month_kept', 'month_before') }}, 9) as expansion_rate
    from totals
)

select * from final
