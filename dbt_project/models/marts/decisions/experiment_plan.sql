-- Method: leads show it first, as there are most of them. The company's leads per day with the source and without it,
-- as many days each, are compared as rates of two Poisson counts: (z of the interval + z of the power)^2 x (sum of the
-- rates) / (their difference)^2 days.
{%- set z = '(' ~ var('interval_z') ~ ' + ' ~ var('experiment_power_z') ~ ')' %}
with

performance as (
    select * from {{ ref('source_performance_quarterly') }}
    where quarter = {{ quarter_of('cast(' ~ as_of_date() ~ ' + 1 - interval 3 month as date)') }}
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

marginal_costs as (
    select * from {{ ref('source_marginal_costs') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

counted as (
    select
        *,
        {{ days_between('quarter', next_quarter('quarter')) }} as days,
        sum(cast(leads as decimal(28, 9))) over (partition by attribution_model) as all_leads
    from performance
),

daily as (
    select
        *,
        {{ ratio('all_leads', 'days') }} as leads_per_day,
        {{ ratio('leads', 'days') }} * {{ var('experiment_expected_loss_share') }} as leads_lost_per_day,
        {{ ratio('expected_customers', 'days') }} * {{ var('experiment_expected_loss_share') }}
            as customers_lost_per_day,
        {{ ratio('investment', 'days') }} as spend_per_day
    from counted
),

believed as (
    select
        daily.*,
        evidence.projected_ltv,
        case
            when marginal_costs.marginal_basis = 'unknown' then 'average'
            else marginal_costs.marginal_basis
        end as basis,
        {%- for end in ['low', 'high'] %}
        case
            when marginal_costs.marginal_basis = 'unknown' then evidence.cac_{{ end }}
            else marginal_costs.marginal_cost_{{ end }}
        end as cost_{{ end }},
        {%- endfor %}
        catalogue.is_unclear
    from daily
    inner join catalogue on daily.source = catalogue.source
    inner join evidence
        on
            daily.quarter = evidence.quarter
            and daily.source = evidence.source
            and daily.attribution_model = evidence.attribution_model
    inner join marginal_costs
        on
            daily.quarter = marginal_costs.quarter
            and daily.source = marginal_costs.source
            and daily.attribution_model = marginal_costs.attribution_model
    where daily.investment > 0 and daily.leads_lost_per_day > 0 and not catalogue.is_unclear
),

planned as (
    select
        *,
        ceil(round(
            {{ z }} * {{ z }} * (2 * leads_per_day - leads_lost_per_day) / power(leads_lost_per_day, 2), 6
        )) as days_off,
        round(
            case when projected_ltv > 0 then projected_ltv end * cast(investment as double)
            * (1 / nullif(cost_low, 0) - coalesce(1 / nullif(cost_high, 0), 0)), 6
        ) as value_in_doubt
    from believed
),

costed as (
    select
        *,
        days_off <= {{ var('experiment_max_days') }} as is_feasible,
        days_off * customers_lost_per_day as customers_at_risk,
        days_off * spend_per_day as spend_saved,
        days_off * customers_lost_per_day * projected_ltv - days_off * spend_per_day as cost
    from planned
),

-- What costs nothing comes first, what takes too long last.
final as (
    select
        quarter,
        source,
        attribution_model,
        cast(row_number() over (
            partition by attribution_model
            order by
                case when is_feasible and cost <= 0 then value_in_doubt end desc nulls last,
                case when is_feasible then {{ ratio('value_in_doubt', 'cost') }} end desc nulls last,
                days_off asc,
                source asc
        ) as integer) as rank,
        is_feasible,
        days_off,
        round(customers_at_risk, 6) as customers_at_risk,
        round(spend_saved, 6) as spend_saved,
        round(cost, 6) as cost,
        basis,
        value_in_doubt
    from costed
)

select * from final
