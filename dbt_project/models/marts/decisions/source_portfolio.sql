with

leads as (
    select * from {{ ref('fct_leads') }}
),

investment as (
    select * from {{ ref('fct_investment_daily') }}
    where amount != 0
),

touchpoints as (
    select * from {{ ref('fct_touchpoints') }}
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

leads_by_quarter as (
    select
        {{ quarter_of('created_on') }} as quarter,
        original_source as source,
        count(*) as leads,
        min(created_on) as first_seen_on
    from leads
    group by {{ quarter_of('created_on') }}, original_source
),

investment_by_quarter as (
    select
        {{ quarter_of('date') }} as quarter,
        source,
        sum(amount) as investment,
        min(date) as first_seen_on
    from investment
    group by {{ quarter_of('date') }}, source
),

first_touches as (
    select
        source,
        min({{ reporting_date('occurred_at') }}) as first_seen_on
    from touchpoints
    group by source
),

sightings as (
    select source, first_seen_on from leads_by_quarter
    union all
    select source, first_seen_on from investment_by_quarter
    union all
    select source, first_seen_on from first_touches
),

first_seen as (
    select
        source,
        min(first_seen_on) as first_seen_on
    from sightings
    group by source
),

-- A source has a place in a quarter in which it cost or brought something, and in its first one.
places as (
    select quarter, source from leads_by_quarter
    union
    select quarter, source from investment_by_quarter
    union
    select {{ quarter_of('first_seen_on') }} as quarter, source from first_seen
),

measured as (
    select
        places.quarter,
        places.source,
        first_seen.first_seen_on,
        {{ whole_months_between(
            'first_seen.first_seen_on',
            'least(' ~ next_quarter('places.quarter') ~ ', ' ~ as_of_date() ~ ' + 1)'
        ) }} as months_live,
        coalesce(leads_by_quarter.leads, 0) as leads,
        coalesce(investment_by_quarter.investment, 0) as investment,
        -- The quarter that still runs is compared by the day, too.
        {{ ratio(
            'leads_by_quarter.leads',
            days_between('places.quarter', 'least(' ~ next_quarter('places.quarter') ~ ', ' ~ as_of_date() ~ ' + 1)')
        ) }} as leads_a_day,
        {{ ratio('before.leads', days_between('before.quarter', 'places.quarter')) }} as leads_a_day_before,
        evidence.ltv_cac_ratio,
        evidence.ltv_cac_low,
        evidence.ltv_cac_high
    from places
    inner join first_seen on places.source = first_seen.source
    left join leads_by_quarter
        on places.quarter = leads_by_quarter.quarter and places.source = leads_by_quarter.source
    left join leads_by_quarter as before
        on places.quarter = {{ next_quarter('before.quarter') }} and places.source = before.source
    left join investment_by_quarter
        on places.quarter = investment_by_quarter.quarter and places.source = investment_by_quarter.source
    left join evidence
        on places.quarter = evidence.quarter and places.source = evidence.source
),

shares as (
    select
        *,
        {{ ratio('leads', 'sum(leads) over (partition by quarter)') }} as lead_share,
        {{ ratio('investment', 'sum(investment) over (partition by quarter)') }} as investment_share,
        {{ ratio('coalesce(leads_a_day, 0)', 'leads_a_day_before') }} - 1 as lead_growth_rate
    from measured
),

-- What has no clear source is no bet at all. Core: old and big enough. Growing: out of its first months, and its leads
-- grow or it has proved healthy, even at the low end. Neither, where it costs more than it brings even at the high end:
-- that has yet to prove itself, like everything else.
final as (
    select
        shares.quarter,
        shares.source,
        coalesce(
            source_settings.portfolio_class,
            case
                when catalogue.is_unclear then null
                when shares.ltv_cac_high < {{ var('ltv_cac_break_even') }}
                    then 'experimental'
                when
                    shares.months_live >= {{ var('portfolio_core_min_months') }}
                    and shares.lead_share >= {{ var('portfolio_core_min_lead_share') }}
                    then 'core'
                when
                    shares.months_live >= {{ var('portfolio_growing_min_months') }}
                    and (
                        round(shares.lead_growth_rate, 12) >= {{ var('portfolio_min_growth_rate') }}
                        or shares.ltv_cac_low >= {{ var('ltv_cac_healthy') }}
                    )
                    then 'growing'
                else 'experimental'
            end
        ) as portfolio_class,
        source_settings.portfolio_class is not null as is_manual_class,
        shares.first_seen_on,
        cast(shares.months_live as integer) as months_live,
        not catalogue.is_unclear and shares.quarter = {{ quarter_of('shares.first_seen_on') }} as is_new_source,
        shares.leads,
        shares.lead_share,
        shares.lead_growth_rate,
        cast(shares.investment as decimal(28, 6)) as investment,
        shares.investment_share,
        shares.ltv_cac_ratio
    from shares
    inner join catalogue on shares.source = catalogue.source
    left join source_settings on shares.source = source_settings.source
)

select * from final
