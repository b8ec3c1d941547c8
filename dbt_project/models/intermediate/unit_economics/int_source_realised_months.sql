with

payments as (
    select * from {{ ref('int_customer_payments') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

summed as (
    select
        shares.attribution_model,
        shares.source,
        payments.way,
        payments.quarter,
        payments.month_number,
        sum(cast(shares.share * payments.margin as decimal(28, 9))) as margin,
        -- What a further payment is a multiple of: the amount of the subscription, or one purchase.
        sum(cast(
            shares.share * case when payments.way = 'subscriptions' then payments.paid_margin else payments.payments end
            as decimal(28, 9)
        )) as base
    from payments
    inner join shares on payments.account_id = shares.account_id
    group by shares.attribution_model, shares.source, payments.way, payments.quarter, payments.month_number
),

final as (
    select
        knowledge_dates.known_on,
        summed.attribution_model,
        summed.source,
        summed.way,
        summed.month_number,
        sum(summed.margin) as margin,
        sum(summed.base) as base
    from summed
    inner join knowledge_dates on summed.quarter <= knowledge_dates.quarter
    group by
        knowledge_dates.known_on, summed.attribution_model, summed.source, summed.way, summed.month_number
)

select * from final
