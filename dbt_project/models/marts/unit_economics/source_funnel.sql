with

funnels as (
    select * from {{ ref('funnel_by_dimension') }}
),

final as (
    select
        month,
        value as source,
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        disqualified,
        recycled,
        lead_to_mql_rate,
        lead_to_mql_rate_low,
        lead_to_mql_rate_high,
        mql_to_sql_rate,
        mql_to_sql_rate_low,
        mql_to_sql_rate_high,
        sql_to_opportunity_rate,
        sql_to_opportunity_rate_low,
        sql_to_opportunity_rate_high,
        opportunity_to_customer_rate,
        opportunity_to_customer_rate_low,
        opportunity_to_customer_rate_high,
        lead_to_customer_rate,
        lead_to_customer_rate_low,
        lead_to_customer_rate_high,
        disqualified_rate,
        disqualified_rate_low,
        disqualified_rate_high,
        recycled_rate,
        recycled_rate_low,
        recycled_rate_high,
        median_days_to_mql,
        median_days_mql_to_sql,
        median_days_sql_to_opportunity,
        median_days_opportunity_to_customer,
        median_days_to_customer
    from funnels
    where dimension = 'source' and month is not null
)

select * from final
