-- Method: a term may be renewed until it is decided, and is once that has been paid, whenever it begins. One that is
-- overdue is renewed as likely as such terms were: days that renewals came late, over all days that terms were
-- overdue.
with

customers as (
    select * from {{ ref('int_customers') }}
),

all_terms as (
    select * from {{ ref('int_subscription_terms') }}
),

-- The payment that renews a term: the next one of its series, else of one that begins when it is due.
renewals as (
    select
        all_terms.account_id, all_terms.subscription_id, all_terms.series, all_terms.billing_months, all_terms.due_on,
        coalesce(
            min(case
                when
                    renewing.subscription_id = all_terms.subscription_id
                    and renewing.series = all_terms.series
                    and renewing.billing_months = all_terms.billing_months
                    then renewing.paid_on
            end),
            min(renewing.paid_on)
        ) as paid_on
    from all_terms
    inner join all_terms as renewing
        on all_terms.account_id = renewing.account_id and all_terms.renewed_on = renewing.starts_on
    where renewing.due_on > all_terms.due_on
    group by
        all_terms.account_id, all_terms.subscription_id, all_terms.series, all_terms.billing_months, all_terms.due_on
),

terms as (
    select
        all_terms.*,
        case
            when all_terms.renewed_on is not null
                then least(coalesce(renewals.paid_on, all_terms.renewed_on), all_terms.decided_on)
        end as renewal_paid_on
    from all_terms
    left join renewals
        on
            all_terms.account_id = renewals.account_id
            and all_terms.subscription_id = renewals.subscription_id
            and all_terms.series = renewals.series
            and all_terms.billing_months = renewals.billing_months
            and all_terms.due_on = renewals.due_on
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

overdue as (
    select
        knowledge_dates.known_on,
        terms.way,
        {{ ratio(
            'sum(case when terms.renewal_paid_on > terms.due_on then '
            ~ days_between('terms.due_on', 'terms.renewal_paid_on') ~ ' else 0 end)',
            'sum(case when terms.renewal_paid_on <= terms.due_on then 0 else '
            ~ days_between('terms.due_on', 'coalesce(terms.renewal_paid_on, terms.decided_on)') ~ ' end)'
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
        -- A term that begins on the last day of February ends within a month of life that it has paid for.
        cast(greatest(
            {{ whole_months_between('customers.customer_since', 'terms.due_on') }},
            {{ whole_months_between('customers.customer_since', 'terms.starts_on') }} + floor(terms.billing_months),
            0
        ) as integer) as due_month,
        terms.amount * customers.gross_margin_rate as margin,
        terms.due_on < knowledge_dates.known_on as is_overdue
    from terms
    inner join customers on terms.account_id = customers.account_id
    inner join knowledge_dates
        on
            greatest(terms.paid_on, customers.acquired_on) <= knowledge_dates.known_on
            and coalesce(terms.renewal_paid_on, terms.decided_on) > knowledge_dates.known_on
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
