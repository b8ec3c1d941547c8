with

rates as (
    select * from {{ ref('exchange_rates') }}
    where to_currency = '{{ var("reporting_currency") }}'
),

used as (
    select currency, {{ month_of('spent_on') }} as month from {{ ref('stg_standard__ad_spend') }}
    union
    select currency, cost_month as month from {{ ref('stg_standard__costs') }}
    union
    select currency, {{ month_of('month') }} as month from {{ ref('other_costs') }}
    union
    select currency, {{ month_of('revenue_on') }} as month from {{ ref('stg_standard__revenue') }}
    union
    select currency, {{ month_of(reporting_date('created_at')) }} as month from {{ ref('stg_standard__opportunities') }}
),

latest as (
    select
        used.currency,
        used.month,
        rates.rate
    from used
    left join rates on used.currency = rates.currency and used.month >= rates.month
    qualify row_number() over (partition by used.currency, used.month order by rates.month desc nulls last) = 1
),

final as (
    select
        currency,
        month,
        case
            when currency = '{{ var("reporting_currency") }}' then cast(1 as decimal(18, 10))
            else cast(rate as decimal(18, 10))
        end as rate
    from latest
)

select * from final
