with

leads as (
    select * from {{ ref('fct_leads') }}
),

counted as (
    select
        {{ month_of('created_on') }} as month,
        original_source as source,
        count(*) as leads,
        count(mql_at) as mqls,
        count(sql_at) as sqls,
        count(opportunity_at) as opportunities,
        count(customer_at) as customers,
        -- A deal won before the lead was written down took no time.
        median(
            case
                when customer_at is not null
                    then greatest({{ seconds_between('created_at', 'customer_at') }} / 86400.0, 0)
            end
        ) as median_days_to_customer
    from leads
    group by {{ month_of('created_on') }}, original_source
),

final as (
    select
        month,
        source,
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        {%- for rate, reached, of in [
            ('lead_to_mql_rate', 'mqls', 'leads'),
            ('mql_to_sql_rate', 'sqls', 'mqls'),
            ('sql_to_opportunity_rate', 'opportunities', 'sqls'),
            ('opportunity_to_customer_rate', 'customers', 'opportunities'),
            ('lead_to_customer_rate', 'customers', 'leads'),
        ] %}
        {{ ratio(reached, of) }} as {{ rate }},
        {{ wilson(reached, of, '-') }} as {{ rate }}_low,
        {{ wilson(reached, of, '+') }} as {{ rate }}_high,
        {%- endfor %}
        cast(median_days_to_customer as double) as median_days_to_customer
    from counted
)

select * from final
