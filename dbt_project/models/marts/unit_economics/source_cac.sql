-- Spend wins its customers later. So the newest cohorts whose customers have come, as many months as the window has,
-- are judged: their spend, each month's times its maturity share, and their customers. A source without a mature cohort
-- that cost anything is judged by the customers won in the window, and the spend that matured in it. As long as no
-- customer is known, spend counts at once.
{%- set window = 'interval 3 month * ' ~ var('recommendation_window_quarters') %}
{%- set window_start = 'cast(' ~ next_quarter('quarter') ~ ' - ' ~ window ~ ' as date)' %}
{%- set key = 'period_kind, quarter, source, attribution_model' %}
with

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

cohorts as (
    select
        *,
        coalesce(maturity_share, 1) as matured_share,
        max(case when is_mature then month end) over (
            partition by quarter, is_hindsight, source, attribution_model
        ) as newest_mature_month
    from {{ ref('source_cohorts') }}
),

periods as (
    select
        case when is_hindsight then 'hindsight' else 'window' end as period_kind, quarter, source, attribution_model,
        month, investment, customers, matured_share,
        is_mature and month > newest_mature_month - {{ window }} as is_judged,
        greatest(month, {{ window_start }}) as won_from,
        coalesce(maturity_share_before, case when month < {{ window_start }} then 1 else 0 end) as share_before,
        customers_before
    from cohorts
    union all
    select
        'all' as period_kind, quarter, source, attribution_model, month, investment, customers, matured_share,
        is_mature as is_judged,
        month as won_from,
        0 as share_before,
        0 as customers_before
    from cohorts
    where quarter = {{ quarter_of(as_of_date()) }} and not is_hindsight
),

bases as (
    select
        {{ key }}, 'cohort' as cac_basis, month,
        cast(investment as decimal(28, 6)) as spent,
        cast(investment * matured_share as decimal(28, 6)) as matured,
        cast(customers as decimal(28, 9)) as customers
    from periods
    where is_judged
    union all
    select
        {{ key }}, 'shifted' as cac_basis, won_from as month,
        cast(investment * (1 - share_before) as decimal(28, 6)) as spent,
        cast(investment * (matured_share - share_before) as decimal(28, 6)) as matured,
        cast(customers - customers_before as decimal(28, 9)) as customers
    from periods
),

summed as (
    select
        {{ key }},
        cac_basis,
        min(month) as cac_from,
        max(month) as cac_until,
        cast(sum(matured) as decimal(28, 6)) as cac_investment,
        cast(sum(customers) as double) as cac_customers,
        -- Refunds of months whose customers are to come may make the whole less than its part.
        case
            when sum(matured) > 0 and sum(spent) > sum(matured) then {{ ratio('sum(matured)', 'sum(spent)') }}
            else 1
        end as cac_maturity_share
    from bases
    group by {{ key }}, cac_basis
),

-- By cohorts, where there is anything to judge by.
chosen as (
    select *
    from summed
    where cac_basis = 'shifted' or cac_investment > 0
    qualify row_number() over (partition by {{ key }} order by cac_basis) = 1
),

classed as (
    select
        chosen.*,
        case when catalogue.is_unclear then cast(chosen.cac_customers as decimal(28, 9)) else 0 end as unclear,
        case when catalogue.is_unclear then 0 else cast(chosen.cac_customers as decimal(28, 9)) end as known
    from chosen
    inner join catalogue on chosen.source = catalogue.source
),

-- With its part of the customers of unclear sources, by those it has of the known ones.
final as (
    select
        {{ key }},
        cac_basis,
        cac_from,
        cac_until,
        cac_investment,
        cac_customers,
        cac_maturity_share,
        {{ ratio('cac_investment', 'cac_customers') }} as cac,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '-') }} as cac_low,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '+') }} as cac_high,
        {{ ratio('cac_investment', 'known') }} / (1 + {{ ratio(
            'sum(unclear) over (partition by period_kind, quarter, attribution_model)',
            'sum(known) over (partition by period_kind, quarter, attribution_model)'
        ) }}) as cac_if_unclear_shared
    from classed
)

select * from final
