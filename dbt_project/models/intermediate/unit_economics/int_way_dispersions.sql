-- Method: purchases of one customer are no independent observations; together they say about as much as one. So many of
-- them there are per customer who bought again, each counted as often as it bought: the mean that a purchase sees.
with

payments as (
    select * from {{ ref('int_customer_payments') }}
    where way != 'subscriptions'
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

bought as (
    select
        knowledge_dates.known_on,
        payments.account_id,
        payments.way,
        sum(payments.payments) - 1 as purchases
    from payments
    inner join knowledge_dates on payments.quarter <= knowledge_dates.quarter
    group by knowledge_dates.known_on, payments.account_id, payments.way
),

final as (
    select
        bought.known_on,
        shares.attribution_model,
        bought.way,
        {{ ratio(
            'sum(cast(shares.share * bought.purchases * bought.purchases as decimal(28, 12)))',
            'sum(cast(shares.share * bought.purchases as decimal(28, 12)))'
        ) }} as dispersion
    from bought
    inner join shares on bought.account_id = shares.account_id
    where bought.purchases > 0
    group by bought.known_on, shares.attribution_model, bought.way
)

select * from final
