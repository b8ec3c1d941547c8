with

leads as (
    select
        *,
        {{ month_of('created_on') }} as month
    from {{ ref('fct_leads') }}
),

counted as (
    select
        month,
        form_kind,
        count(*) as leads,
        count(case when is_source_unclear then 1 end) as unclear_leads,
        count(mql_at) as mqls,
        count(customer_at) as customers,
        cast(median(first_response_minutes) as double) as median_first_response_minutes,
        {{ median_days('created_at', 'mql_at') }} as median_days_to_mql,
        {{ median_days('created_at', 'customer_at') }} as median_days_to_customer
    from leads
    group by month, form_kind
),

first_months as (
    select
        form_kind,
        min(month) as month
    from counted
    group by form_kind
),

-- Months without a lead are rows too, so that changes compare calendar months.
months as (
    select
        first_months.form_kind,
        cast(first_months.month + interval 1 month * number_series.number as date) as month
    from first_months
    cross join {{ number_series(0, 1200) }}
    where first_months.month + interval 1 month * number_series.number <= {{ as_of_date() }}
),

rated as (
    select
        months.month,
        months.form_kind,
        coalesce(counted.leads, 0) as leads,
        coalesce(counted.unclear_leads, 0) as unclear_leads,
        coalesce(counted.mqls, 0) as mqls,
        coalesce(counted.customers, 0) as customers,
        {{ ratio('counted.unclear_leads', 'counted.leads') }} as unclear_share,
        {{ ratio('counted.mqls', 'counted.leads') }} as lead_to_mql_rate,
        {{ wilson('counted.mqls', 'counted.leads', '-') }} as lead_to_mql_rate_low,
        {{ wilson('counted.mqls', 'counted.leads', '+') }} as lead_to_mql_rate_high,
        counted.median_first_response_minutes,
        counted.median_days_to_mql,
        counted.median_days_to_customer
    from months
    left join counted on months.month = counted.month and months.form_kind = counted.form_kind
),

final as (
    select
        month,
        form_kind,
        last_day(month) < {{ as_of_date() }} as is_month_over,
        leads,
        unclear_leads,
        mqls,
        customers,
        unclear_share,
        lead_to_mql_rate,
        lead_to_mql_rate_low,
        lead_to_mql_rate_high,
        median_first_response_minutes,
        median_days_to_mql,
        median_days_to_customer,
        leads - lag(leads) over months_of_kind as leads_change,
        {{ ratio('leads - lag(leads) over months_of_kind', 'lag(leads) over months_of_kind') }} as leads_change_rate,
        customers - lag(customers) over months_of_kind as customers_change,
        round(unclear_share - lag(unclear_share) over months_of_kind, 12) as unclear_share_change,
        round(lead_to_mql_rate - lag(lead_to_mql_rate) over months_of_kind, 12) as lead_to_mql_rate_change
    from rated
    window months_of_kind as (partition by form_kind order by month)
)

select * from final
