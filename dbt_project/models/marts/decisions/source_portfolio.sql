-- The rule: unclear sources have no class. A source whose LTV:CAC is under break-even even at the high end is
-- experimental. Core sources are old and large enough; growing ones are past their first months, and either their leads
-- grow or their LTV:CAC is healthy even at the low end. The rest is experimental. source_settings overrides the rule.
with

source_quarters as (
    select * from {{ ref('int_source_quarters') }}
),

evidence as (
    select * from {{ ref('source_evidence') }}
    where attribution_model = '{{ var("default_attribution_model") }}'
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

shares as (
    select
        *,
        {{ ratio('leads', 'sum(leads) over (partition by quarter)') }} as lead_share,
        {{ ratio('investment', 'sum(investment) over (partition by quarter)') }} as investment_share,
        {{ ratio('leads_a_day', 'leads_a_day_before') }} - 1 as lead_growth_rate
    from source_quarters
),

classified as (
    select
        shares.*,
        catalogue.is_unclear,
        evidence.ltv_cac_ratio,
        case
            when catalogue.is_unclear then null
            when evidence.ltv_cac_high < {{ var('ltv_cac_break_even') }} then 'experimental'
            when
                shares.months_live >= {{ var('portfolio_core_min_months') }}
                and shares.lead_share >= {{ var('portfolio_core_min_lead_share') }}
                then 'core'
            when
                shares.months_live >= {{ var('portfolio_growing_min_months') }}
                and (
                    round(shares.lead_growth_rate, 12) >= {{ var('portfolio_min_growth_rate') }}
                    or evidence.ltv_cac_low >= {{ var('ltv_cac_healthy') }}
                )
                then 'growing'
            else 'experimental'
        end as rule_class
    from shares
    inner join catalogue on shares.source = catalogue.source
    left join evidence on shares.quarter = evidence.quarter and shares.source = evidence.source
),

final as (
    select
        classified.quarter,
        classified.source,
        coalesce(source_settings.portfolio_class, classified.rule_class) as portfolio_class,
        source_settings.portfolio_class is not null as is_manual_class,
        classified.first_seen_on,
        classified.months_live,
        not classified.is_unclear and classified.quarter = {{ quarter_of('classified.first_seen_on') }}
            as is_new_source,
        classified.leads,
        classified.lead_share,
        classified.lead_growth_rate,
        classified.investment,
        classified.investment_share,
        classified.ltv_cac_ratio
    from classified
    left join source_settings on classified.source = source_settings.source
)

select * from final
