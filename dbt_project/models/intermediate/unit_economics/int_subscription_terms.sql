-- Method: a term is renewed by the next payment of its series, or by another series that begins when it is due, as at
-- a new price; what is paid for the rest of a term belongs to it. It may begin half a period early, at most a month;
-- where periods are given, a twelfth.
{% set of_term = "over (partition by account_id, subscription_id, covers_before "
    "order by case when series = 'upgrade' then 1 else 0 end, months desc, series)" %}
{% set of_series = 'partition by account_id, subscription_id, series, billing_months' %}
with

payments as (
    select
        *,
        {{ days_between('covers_from', 'covers_before') }} as days
    from {{ ref('int_recurring_payments') }}
),

measured as (
    select
        *,
        cast(case when days < 25 then round(days * 12 / 365.25, 2) else billing_months end as decimal(9, 2)) as months
    from payments
),

placed as (
    select
        account_id, subscription_id,
        case when series = 'upgrade' or is_given then first_value(series) {{ of_term }} else series end as series,
        case when series = 'upgrade' or is_given then first_value(months) {{ of_term }} else months end
            as billing_months,
        revenue_on,
        covers_from,
        covers_before,
        monthly_amount,
        churns_on,
        least(cast(days / case when is_given then 12 else 2 end as integer), 31) as tolerance_days
    from measured
),

terms as (
    select
        account_id, subscription_id,
        series,
        billing_months,
        covers_before as due_on,
        min(revenue_on) as paid_on,
        min(covers_from) as starts_on,
        max(tolerance_days) as tolerance_days,
        max(churns_on) as churns_on,
        cast(sum(monthly_amount) * billing_months as decimal(28, 6)) as amount
    from placed
    group by account_id, subscription_id, series, billing_months, covers_before
    having sum(monthly_amount) > 0 and max(churns_on) is not null
),

-- A series begins with its first term, and after a gap.
begun as (
    select
        *,
        coalesce(max(churns_on) over (
            {{ of_series }} order by starts_on, due_on
            rows between unbounded preceding and 1 preceding
        ) < starts_on, true) as is_begun,
        min(starts_on) over (partition by account_id, billing_months) as first_on
    from terms
),

-- Days on which a term may be renewed, and days on which one starts: the next start after each is looked up in order.
points as (
    select
        account_id, subscription_id, series, billing_months, due_on,
        cast(due_on as date) - tolerance_days as point_on,
        cast(null as date) as starts_on, cast(null as date) as begins_on
    from begun
    union all
    select
        account_id, subscription_id, series, billing_months, cast(null as date) as due_on, starts_on as point_on,
        starts_on, case when is_begun then starts_on end as begins_on
    from begun
),

followed as (
    select
        *,
        least(
            min(starts_on) over (
                {{ of_series }} order by point_on range between current row and unbounded following
            ),
            min(begins_on) over (
                partition by account_id order by point_on range between current row and unbounded following
            )
        ) as next_on
    from points
),

final as (
    select
        begun.account_id,
        begun.subscription_id,
        begun.series,
        begun.billing_months,
        'every_' || cast(begun.billing_months as varchar) || '_months' as way,
        cast(round(
            {{ days_between('begun.first_on', 'begun.starts_on') }} * 12 / 365.25 / begun.billing_months
        ) as integer) as renewals_before,
        begun.paid_on,
        begun.starts_on,
        begun.due_on,
        greatest(begun.churns_on, begun.due_on) as decided_on,
        case when followed.next_on <= greatest(begun.churns_on, begun.due_on) then followed.next_on end as renewed_on,
        begun.amount
    from begun
    inner join followed
        on
            begun.account_id = followed.account_id
            and begun.subscription_id = followed.subscription_id
            and begun.series = followed.series
            and begun.billing_months = followed.billing_months
            and begun.due_on = followed.due_on
)

select * from final
