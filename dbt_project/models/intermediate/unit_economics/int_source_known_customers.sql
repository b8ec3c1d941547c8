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

won as (
    select
        shares.attribution_model,
        shares.source,
        {{ quarter_of('customers.acquired_on') }} as quarter,
        sum(cast(shares.share as decimal(18, 12))) as customers,
        sum(cast(shares.share as decimal(18, 12)) * cast(shares.share as decimal(18, 12))) as squares
    from shares
    inner join customers on shares.account_id = customers.account_id
    group by shares.attribution_model, shares.source, {{ quarter_of('customers.acquired_on') }}
),

summed as (
    select
        knowledge_dates.known_on,
        won.attribution_model,
        won.source,
        sum(won.customers) as customers,
        sum(won.squares) as squares
    from won
    inner join knowledge_dates on won.quarter <= knowledge_dates.quarter
    group by knowledge_dates.known_on, won.attribution_model, won.source
),

final as (
    select
        known_on,
        attribution_model,
        source,
        cast(customers as double) as customers,
        greatest(cast(customers as double) - cast(squares as double) / cast(customers as double), 0)
            as degrees_of_freedom,
        cast(sum(customers) over (partition by known_on, attribution_model) as double) as all_customers
    from summed
)

select * from final
