-- A move is where the queues of sources to stop and to double overlap. Customers are as spend to the power of the
-- elasticity (1 where it is unknown): the money that goes first, or comes last, brings least. Method of the ends:
-- errors of CAC and elasticity add in quadrature on the log scale, those of customers won and lost on their own.
{%- set low = 'at_elasticity * '
    ~ times_or_divided(['ln(cac_high / cac)', 'ln(at_elasticity / nullif(at_least, 0))'], '-') %}
{%- set high = 'at_elasticity * '
    ~ times_or_divided(['ln(cac / cac_low)', 'ln(at_most / nullif(at_elasticity, 0))'], '+') %}
{%- set key = 'quarter, attribution_model, from_source, to_source' %}
with

queues as (
    select *, case when recommendation = 'stop' then -1 else 1 end as direction from {{ ref('budget_queues') }}
),

moves as (
    select
        stopped.quarter,
        stopped.attribution_model,
        stopped.source as from_source,
        doubled.source as to_source,
        greatest(stopped.queue_from, doubled.queue_from) as move_from,
        least(stopped.queue_to, doubled.queue_to) as move_to
    from queues as stopped
    inner join queues as doubled
        on stopped.quarter = doubled.quarter and stopped.attribution_model = doubled.attribution_model
    where stopped.recommendation = 'stop' and doubled.recommendation = 'double'
),

-- Spend of either source before and after the move, over that of the quarter.
sides as (
    select
        queues.*,
        moves.from_source,
        moves.to_source,
        moves.move_to - moves.move_from as amount,
        {{ ratio('queues.investment', 'queues.cac') }} as customers_now,
        greatest(1 + queues.direction * {{ ratio('moves.move_from - queues.queue_from', 'queues.investment') }}, 0)
            as level_before,
        greatest(1 + queues.direction * {{ ratio('moves.move_to - queues.queue_from', 'queues.investment') }}, 0)
            as level_after
    from moves
    inner join queues
        on
            moves.quarter = queues.quarter
            and moves.attribution_model = queues.attribution_model
            and queues.source in (moves.from_source, moves.to_source)
    where moves.move_to > moves.move_from
),

valued as (
    select
        *,
        {%- for curve in ['elasticity', 'elasticity_low', 'elasticity_high'] %}
        customers_now * abs(power(level_after, {{ curve }}) - power(level_before, {{ curve }})) as at_{{ curve }},
        {%- endfor %}
        {{ ratio('amount', 'cac_low') }} as upper_bound
    from sides
),

bounded as (
    select
        *,
        least(at_elasticity, at_elasticity_low, at_elasticity_high) as at_least,
        greatest(at_elasticity, at_elasticity_low, at_elasticity_high) as at_most
    from valued
),

-- A source without customers loses none, at most what the upper bound of their number allows for.
ended as (
    select
        {{ key }},
        recommendation,
        cast(amount as decimal(28, 6)) as amount,
        basis,
        round(coalesce(at_elasticity, 0), 9) as customers,
        round(coalesce({{ low }}, 0), 9) as customers_low,
        round(coalesce({{ high }}, upper_bound), 9) as customers_high
    from bounded
),

joined as (
    select
        {{ key }},
        {%- for side, recommendation in [('lost', 'stop'), ('won', 'double')] %}
        {%- for column in ['basis', 'customers', 'customers_low', 'customers_high'] %}
        max(case when recommendation = '{{ recommendation }}' then {{ column }} end) as {{ side }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        min(amount) as amount
    from ended
    group by {{ key }}
),

final as (
    select
        {{ key }},
        amount,
        lost_basis,
        lost_customers as customers_lost,
        lost_customers_low as customers_lost_low,
        lost_customers_high as customers_lost_high,
        won_basis,
        won_customers as customers_won,
        won_customers_low as customers_won_low,
        won_customers_high as customers_won_high,
        round(won_customers - lost_customers, 9) as net_customers,
        round(
            won_customers - lost_customers
            - sqrt(power(won_customers - won_customers_low, 2) + power(lost_customers_high - lost_customers, 2)), 9
        ) as net_customers_low,
        round(
            won_customers - lost_customers
            + sqrt(power(won_customers_high - won_customers, 2) + power(lost_customers - lost_customers_low, 2)), 9
        ) as net_customers_high
    from joined
)

select * from final
