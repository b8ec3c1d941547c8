-- Method: errors of lifetime value and CAC are independent and add in quadrature on the log scale (ltv_cac_end).
with

windows as (
    select * from {{ ref('source_windows') }}
),

costs as (
    select
        *,
        period_kind = 'hindsight' as is_hindsight,
        case when period_kind = 'hindsight' then {{ as_of_date() }} else {{ known_on('quarter') }} end as known_on
    from {{ ref('source_cac') }}
    where period_kind in ('window', 'hindsight')
),

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
),

overall as (
    select
        {%- for figure in ['projected_ltv', 'projected_ltv_low', 'projected_ltv_high'] %}
        {{ ratio(
            'sum(cast(customers * ' ~ figure ~ ' as decimal(28, 6)))', 'sum(cast(customers as decimal(28, 9)))'
        ) }} as {{ figure }},
        {%- endfor %}
        known_on,
        attribution_model
    from intervals
    where projected_ltv_low is not null and projected_ltv_high is not null
    group by known_on, attribution_model
),

-- A source without customers takes the lifetime value of all sources. One whose customers returned more than they paid
-- may reach that value at most.
costed as (
    select
        {%- for figure in ['basis', 'from', 'until', 'investment', 'customers', 'maturity_share'] %}
        costs.cac_{{ figure }},
        {%- endfor %}
        {%- for figure in ['cac', 'cac_low', 'cac_high'] %}
        -- Refunded spend on balance buys no customer.
        case when costs.cac_investment > 0 then costs.{{ figure }} end as {{ figure }},
        {%- endfor %}
        windows.*,
        costs.is_hindsight,
        coalesce(lifetime_values.projected_ltv, overall.projected_ltv) as projected_ltv,
        case
            when lifetime_values.projected_ltv is null then overall.projected_ltv_low
            else coalesce(intervals.projected_ltv_low, least(lifetime_values.projected_ltv, 0))
        end as projected_ltv_low,
        coalesce(intervals.projected_ltv_high, overall.projected_ltv_high) as projected_ltv_high
    from windows
    inner join costs
        on
            windows.quarter = costs.quarter
            and windows.source = costs.source
            and windows.attribution_model = costs.attribution_model
    left join lifetime_values
        on
            costs.known_on = lifetime_values.known_on
            and windows.source = lifetime_values.source
            and windows.attribution_model = lifetime_values.attribution_model
    left join intervals
        on
            costs.known_on = intervals.known_on
            and windows.source = intervals.source
            and windows.attribution_model = intervals.attribution_model
    left join overall
        on costs.known_on = overall.known_on and windows.attribution_model = overall.attribution_model
),

-- Without customers, or without a lifetime value over 0, only bounds are known: at worst LTV:CAC is 0, as no customer
-- came; at best as many came as cac_low allows for.
final as (
    select
        quarter,
        is_hindsight,
        source,
        attribution_model,
        months_of_evidence,
        investment,
        leads,
        customers,
        pipeline_share,
        projected_ltv,
        projected_ltv_low,
        -- A fraction of a customer may seem worth more than the high end of all sources.
        case when projected_ltv_high < projected_ltv then projected_ltv else projected_ltv_high end
            as projected_ltv_high,
        cac,
        cac_low,
        cac_high,
        cac_basis,
        cac_from,
        cac_until,
        cac_investment,
        cac_customers,
        cac_maturity_share,
        {{ ratio('projected_ltv', 'cac') }} as ltv_cac_ratio,
        case
            when cac > 0 and projected_ltv_low > 0
                then {{ ltv_cac_end('projected_ltv', 'projected_ltv_low', 'cac', 'cac_high', '-') }}
            when cac_low > 0 and projected_ltv_low is not null then round(least(projected_ltv_low, 0) / cac_low, 6)
        end as ltv_cac_low,
        case
            when cac > 0 and projected_ltv > 0
                then {{ ltv_cac_end('projected_ltv', 'projected_ltv_high', 'cac', 'cac_low', '+') }}
            when cac_low > 0 and projected_ltv_high is not null then round(greatest(projected_ltv_high, 0) / cac_low, 6)
        end as ltv_cac_high
    from costed
)

select * from final
