{% set horizon = var('ltv_horizon_months') %}
{% set kinds = ['', '_own', '_low', '_high'] %}
with

pending as (
    select * from {{ ref('int_pending_renewals') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

curves as (
    select * from {{ ref('int_renewal_curves') }}
),

numbers as (
    select cast(number as integer) as further_number
    from {{ number_series(0, 5 * horizon) }}
),

-- Customers of a source who have stayed as long and are due in the same month of their life have the same outlook.
grouped as (
    select
        pending.known_on,
        shares.attribution_model,
        shares.source,
        pending.way,
        pending.billing_months,
        pending.step_number,
        pending.due_month,
        sum(cast(shares.share * pending.margin as decimal(28, 9))) as margin
    from pending
    inner join shares on pending.account_id = shares.account_id
    where pending.due_month < {{ horizon }}
    group by
        pending.known_on, shares.attribution_model, shares.source, pending.way, pending.billing_months,
        pending.step_number, pending.due_month
),

-- Every further renewal within the horizon.
renewals as (
    select
        grouped.*,
        grouped.step_number + numbers.further_number as renewal_number,
        cast(floor(grouped.due_month + numbers.further_number * grouped.billing_months) as integer) as month_number
    from grouped
    inner join numbers on grouped.due_month + numbers.further_number * grouped.billing_months < {{ horizon }}
),

final as (
    select
        renewals.known_on,
        renewals.attribution_model,
        renewals.source,
        renewals.way,
        renewals.step_number,
        renewals.due_month,
        renewals.renewal_number,
        renewals.month_number,
        {%- for kind in kinds %}
        round(exp(curves.log_kept{{ kind }} - coalesce(before.log_kept{{ kind }}, 0)), 12) as chance{{ kind }},
        {%- endfor %}
        renewals.margin
    from renewals
    inner join curves
        on
            renewals.known_on = curves.known_on
            and renewals.attribution_model = curves.attribution_model
            and renewals.source = curves.source
            and renewals.way = curves.way
            and renewals.renewal_number = curves.step_number
    left join curves as before
        on
            renewals.known_on = before.known_on
            and renewals.attribution_model = before.attribution_model
            and renewals.source = before.source
            and renewals.way = before.way
            and renewals.step_number - 1 = before.step_number
)

select * from final
