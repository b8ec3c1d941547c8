with

leads as (
    select
        *,
        {{ month_of('created_on') }} as month,
        created_on > {{ as_of_date() }} - {{ var('funnel_window_days') }} as is_in_window
    from {{ ref('int_leads_staged') }}
),

-- Each lead once per dimension. Two sources may run campaigns of one name.
valued as (
    select
        leads.month,
        leads.is_in_window,
        leads.created_at,
        leads.mql_at,
        leads.sql_at,
        leads.opportunity_at,
        leads.customer_at,
        leads.disqualified_at,
        leads.recycled_at,
        dimensions.dimension,
        coalesce(
            case dimensions.dimension
                when 'all' then 'all'
                when 'source' then leads.original_source
                when 'campaign' then leads.original_source || ': ' || leads.original_campaign
                when 'company_size' then leads.company_size
                when 'industry' then leads.industry
                when 'country' then leads.country
            end,
            'not stated'
        ) as value
    from leads
    cross join (
        values ('all'), ('source'), ('campaign'), ('company_size'), ('industry'), ('country')
    ) as dimensions (dimension)
),

-- And once per cohort that it is in.
cohorts as (
    select
        valued.*,
        case when periods.period = 'month' then valued.month end as cohort_month,
        case when periods.period = 'month' then substr(cast(valued.month as varchar), 1, 7) else periods.period end
            as cohort
    from valued
    cross join (values ('month'), ('window'), ('all_time')) as periods (period)
    where periods.period != 'window' or valued.is_in_window
),

counted as (
    select
        cohort,
        cohort_month as month,
        dimension,
        value,
        {%- for duration, earlier, later in funnel_durations() %}
        {{ median_days(earlier, later) }} as {{ duration }},
        {%- endfor %}
        count(*) as leads,
        count(mql_at) as mqls,
        count(sql_at) as sqls,
        count(opportunity_at) as opportunities,
        count(customer_at) as customers,
        count(disqualified_at) as disqualified,
        count(recycled_at) as recycled
    from cohorts
    group by cohort, cohort_month, dimension, value
),

final as (
    select
        cohort,
        month,
        dimension,
        value,
        {%- for rate, reached, of in funnel_rates() %}
        {{ ratio(reached, of) }} as {{ rate }},
        {{ wilson(reached, of, '-') }} as {{ rate }}_low,
        {{ wilson(reached, of, '+') }} as {{ rate }}_high,
        {%- endfor %}
        {%- for duration, _, _ in funnel_durations() %}
        {{ duration }},
        {%- endfor %}
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        disqualified,
        recycled
    from counted
)

select * from final
