with

leads as (
    select
        *,
        {{ month_of('created_on') }} as month,
        created_on > {{ as_of_date() }} - {{ var('funnel_window_days') }} as is_in_window
    from {{ ref('int_leads_staged') }}
),

-- Each lead once per dimension. A campaign has its source as prefix, as two sources may use the same name.
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

-- And once per cohort: its month, the window if it is in it, and all time.
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
        count(*) as leads,
        count(mql_at) as mqls,
        count(sql_at) as sqls,
        count(opportunity_at) as opportunities,
        count(customer_at) as customers,
        count(disqualified_at) as disqualified,
        count(recycled_at) as recycled,
        {{ median_days('created_at', 'mql_at') }} as median_days_to_mql,
        {{ median_days('mql_at', 'sql_at') }} as median_days_mql_to_sql,
        {{ median_days('sql_at', 'opportunity_at') }} as median_days_sql_to_opportunity,
        {{ median_days('opportunity_at', 'customer_at') }} as median_days_opportunity_to_customer,
        {{ median_days('created_at', 'customer_at') }} as median_days_to_customer
    from cohorts
    group by cohort, cohort_month, dimension, value
),

final as (
    select
        *,
        {{ ratio('mqls', 'leads') }} as lead_to_mql_rate,
        {{ wilson('mqls', 'leads', '-') }} as lead_to_mql_rate_low,
        {{ wilson('mqls', 'leads', '+') }} as lead_to_mql_rate_high,
        {{ ratio('sqls', 'mqls') }} as mql_to_sql_rate,
        {{ wilson('sqls', 'mqls', '-') }} as mql_to_sql_rate_low,
        {{ wilson('sqls', 'mqls', '+') }} as mql_to_sql_rate_high,
        {{ ratio('opportunities', 'sqls') }} as sql_to_opportunity_rate,
        {{ wilson('opportunities', 'sqls', '-') }} as sql_to_opportunity_rate_low,
        {{ wilson('opportunities', 'sqls', '+') }} as sql_to_opportunity_rate_high,
        {{ ratio('customers', 'opportunities') }} as opportunity_to_customer_rate,
        {{ wilson('customers', 'opportunities', '-') }} as opportunity_to_customer_rate_low,
        {{ wilson('customers', 'opportunities', '+') }} as opportunity_to_customer_rate_high,
        {{ ratio('customers', 'leads') }} as lead_to_customer_rate,
        {{ wilson('customers', 'leads', '-') }} as lead_to_customer_rate_low,
        {{ wilson('customers', 'leads', '+') }} as lead_to_customer_rate_high,
        {{ ratio('disqualified', 'leads') }} as disqualified_rate,
        {{ wilson('disqualified', 'leads', '-') }} as disqualified_rate_low,
        {{ wilson('disqualified', 'leads', '+') }} as disqualified_rate_high,
        {{ ratio('recycled', 'leads') }} as recycled_rate,
        {{ wilson('recycled', 'leads', '-') }} as recycled_rate_low,
        {{ wilson('recycled', 'leads', '+') }} as recycled_rate_high
    from counted
)

select * from final
