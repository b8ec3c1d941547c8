-- Method: what a further payment is expected to bring, refunds taken off: the average of the source, as if
-- `shrinkage_ratio_customers` average customers more had been seen. Per purchase; of a subscription, per unit paid. Who
-- got more back than paid is expected to bring nothing.
{% set k = var('shrinkage_ratio_customers') %}
with

realised as (
    select * from {{ ref('int_source_realised_months') }}
),

customers as (
    select * from {{ ref('int_source_known_customers') }}
),

summed as (
    select
        known_on,
        attribution_model,
        source,
        way,
        greatest(sum(margin), 0) as margin,
        sum(base) as base
    from realised
    group by known_on, attribution_model, source, way
),

averaged as (
    select
        summed.*,
        {{ ratio('sum(summed.margin) over overall', 'customers.all_customers') }} as margin_each,
        {{ ratio('sum(summed.base) over overall', 'customers.all_customers') }} as base_each
    from summed
    inner join customers
        on
            summed.known_on = customers.known_on
            and summed.attribution_model = customers.attribution_model
            and summed.source = customers.source
    window overall as (partition by summed.known_on, summed.attribution_model, summed.way)
),

final as (
    select
        known_on,
        attribution_model,
        source,
        way,
        cast(margin as double) as margin,
        cast(base as double) as base,
        cast(base as double) + {{ k }} * base_each as shrunk_base,
        {{ ratio('margin + ' ~ k ~ ' * margin_each', 'base + ' ~ k ~ ' * base_each') }} as margin_rate
    from averaged
)

select * from final
