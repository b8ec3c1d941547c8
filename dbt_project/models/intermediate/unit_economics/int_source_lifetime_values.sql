{% set figures = [
    'subscription_margin', 'purchase_margin', 'more_own', 'more_low', 'more_high', 'purchase_error',
    'purchase_error_low'
] %}
with

months as (
    select * from {{ ref('int_source_life_months') }}
),

customers as (
    select * from {{ ref('int_source_known_customers') }}
),

summed as (
    select
        known_on,
        attribution_model,
        {%- for figure in figures %}
        cast(sum(cast({{ figure }} as decimal(28, 9))) as double) as {{ figure }},
        {%- endfor %}
        source
    from months
    group by known_on, attribution_model, source
),

values_each as (
    select
        customers.known_on,
        customers.attribution_model,
        customers.source,
        {%- for figure in figures %}
        coalesce(summed.{{ figure }}, 0) / customers.customers as {{ figure }},
        {%- endfor %}
        customers.customers
    from customers
    left join summed
        on
            customers.known_on = summed.known_on
            and customers.attribution_model = summed.attribution_model
            and customers.source = summed.source
),

final as (
    select
        known_on,
        attribution_model,
        source,
        customers,
        subscription_margin as ltv_subscriptions,
        purchase_margin as ltv_purchases,
        subscription_margin + purchase_margin as projected_ltv,
        subscription_margin + purchase_margin + more_own as own_ltv,
        subscription_margin + purchase_margin + least(more_low, more_high) as own_ltv_low,
        subscription_margin + purchase_margin + greatest(more_low, more_high) as own_ltv_high,
        purchase_error,
        purchase_error_low
    from values_each
)

select * from final
