-- Method: a term may be renewed until it is decided. One that is overdue is renewed as likely as such terms were: days
-- that renewals came late, over all days that terms were overdue.
with

customers as (
    select * from {{ ref('int_customers') }}
),

terms as (
    select * from {{ ref('int_subscription_terms') }}
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

overdue as (
    select
        knowledge_dates.known_on,
        terms.way,
        {{ ratio(
            'sum(case when terms.renewed_on > terms.due_on then '
            ~ days_between('terms.due_on', 'terms.renewed_on') ~ ' else 0 end)',
            'sum(case when terms.renewed_on <= terms.due_on then 0 else '
            ~ days_between('terms.due_on', 'coalesce(terms.renewed_on, terms.decided_on)') ~ ' end)'
        ) }} as renewal_share
    from terms
    inner join knowledge_dates on terms.decided_on <= knowledge_dates.known_on
    group by knowledge_dates.known_on, terms.way
),

pending as (
    select
        knowledge_dates.known_on,
        terms.account_id,
        terms.way,
        terms.billing_months,
        terms.renewals_before as step_number,
        cast(
            greatest({{ whole_months_between('customers.customer_since', 'terms.due_on') }}, 0) as integer
        ) as due_month,
        terms.amount * customers.gross_margin_rate as margin,
        terms.due_on < knowledge_dates.known_on as is_overdue
    from terms
    inner join customers on terms.account_id = customers.account_id
    inner join knowledge_dates
        on
            greatest(terms.paid_on, customers.acquired_on) <= knowledge_dates.known_on
            and least(terms.decided_on, coalesce(terms.renewed_on, terms.decided_on)) > knowledge_dates.known_on
),

final as (
    select
        pending.known_on,
        pending.account_id,
        pending.way,
        pending.billing_months,
        pending.step_number,
        pending.due_month,
        cast(sum(
            pending.margin * case when pending.is_overdue then coalesce(overdue.renewal_share, 1) else 1 end
        ) as decimal(28, 6)) as margin
    from pending
    left join overdue on pending.known_on = overdue.known_on and pending.way = overdue.way
    group by
        pending.known_on, pending.account_id, pending.way, pending.billing_months, pending.step_number,
        pending.due_month
)

select * from final
