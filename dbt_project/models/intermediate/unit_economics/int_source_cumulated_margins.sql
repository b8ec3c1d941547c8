with

months as (
    select * from {{ ref('int_source_life_months') }}
),

customers as (
    select * from {{ ref('int_source_known_customers') }}
),

numbers as (
    select cast(number as integer) as month_number
    from {{ number_series(0, var('ltv_horizon_months') - 1) }}
),

final as (
    select
        customers.known_on,
        customers.attribution_model,
        customers.source,
        numbers.month_number,
        sum(coalesce(months.subscription_margin + months.purchase_margin, 0)) over (
            partition by customers.known_on, customers.attribution_model, customers.source
            order by numbers.month_number rows between unbounded preceding and current row
        ) / customers.customers as cumulated_margin
    from customers
    cross join numbers
    left join months
        on
            customers.known_on = months.known_on
            and customers.attribution_model = months.attribution_model
            and customers.source = months.source
            and numbers.month_number = months.month_number
)

select * from final
