{% set horizon = var('ltv_horizon_months') %}
with

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

payments as (
    select * from {{ ref('int_customer_payments') }}
    where month_number < {{ horizon }}
),

pending as (
    select * from {{ ref('int_pending_renewals') }}
),

renewals as (
    select * from {{ ref('int_renewal_outlooks') }}
),

margins as (
    select * from {{ ref('int_source_way_margins') }}
    where way = 'subscriptions'
),

purchase_values as (
    select * from {{ ref('int_customer_purchase_values') }}
),

outlooks as (
    select
        renewals.known_on, renewals.attribution_model, renewals.source, renewals.way, renewals.step_number,
        renewals.due_month,
        sum(cast(renewals.chance * margins.margin_rate as decimal(28, 12))) as renewals
    from renewals
    inner join margins
        on
            renewals.known_on = margins.known_on
            and renewals.attribution_model = margins.attribution_model
            and renewals.source = margins.source
    group by
        renewals.known_on, renewals.attribution_model, renewals.source, renewals.way, renewals.step_number,
        renewals.due_month
),

realised as (
    select
        knowledge_dates.known_on,
        payments.account_id,
        sum(payments.margin) as margin
    from payments
    inner join knowledge_dates on payments.quarter <= knowledge_dates.quarter
    group by knowledge_dates.known_on, payments.account_id
),

parts as (
    select
        knowledge_dates.known_on, shares.attribution_model, shares.source, shares.account_id, shares.share,
        coalesce(cast(realised.margin as double), 0) as margin
    from shares
    inner join customers on shares.account_id = customers.account_id
    inner join knowledge_dates on customers.acquired_on <= knowledge_dates.known_on
    left join realised
        on shares.account_id = realised.account_id and knowledge_dates.known_on = realised.known_on
    union all
    select
        pending.known_on, shares.attribution_model, shares.source, shares.account_id, 0 as share,
        cast(pending.margin as double) * cast(outlooks.renewals as double) as margin
    from pending
    inner join shares on pending.account_id = shares.account_id
    inner join outlooks
        on
            pending.known_on = outlooks.known_on
            and shares.attribution_model = outlooks.attribution_model
            and shares.source = outlooks.source
            and pending.way = outlooks.way
            and pending.step_number = outlooks.step_number
            and pending.due_month = outlooks.due_month
    union all
    select known_on, attribution_model, source, account_id, 0 as share, margin from purchase_values
),

by_customer as (
    select
        known_on, attribution_model, source, account_id,
        sum(cast(share as decimal(18, 12))) as share,
        cast(sum(cast(margin as decimal(28, 9))) as double) as margin
    from parts
    group by known_on, attribution_model, source, account_id
),

centred as (
    select
        *,
        {{ ratio(
            'sum(cast(share * margin as decimal(28, 9))) over (partition by known_on, attribution_model, source)',
            'sum(share) over (partition by known_on, attribution_model, source)'
        ) }} as mean_margin
    from by_customer
),

final as (
    select
        known_on,
        attribution_model,
        source,
        cast(sum(cast(share * power(margin - mean_margin, 2) as decimal(38, 9))) as double) as squares
    from centred
    group by known_on, attribution_model, source
)

select * from final
