with

rates as (
    select * from {{ ref('exchange_rates') }}
    where rate > 0
),

used as (
    select currency, {{ month_of('spent_on') }} as month from {{ ref('int_unified__ad_spend') }}
    union
    select currency, cost_month as month from {{ ref('int_unified__costs') }}
    union
    select currency, {{ month_of('month') }} as month from {{ ref('other_costs') }}
    union
    select currency, {{ month_of('revenue_on') }} as month from {{ ref('int_unified__revenue') }}
    union
    select currency, {{ month_of(reporting_date('created_at')) }} as month from {{ ref('int_unified__opportunities') }}
),

months as (
    select distinct month from used
),

-- A rate serves the other way round too, where none is given for that way.
both_ways as (
    select
        month,
        currency,
        to_currency,
        cast(rate as double) as rate,
        0 as is_inverse
    from rates
    union all
    select
        month,
        to_currency as currency,
        currency as to_currency,
        1 / cast(rate as double) as rate,
        1 as is_inverse
    from rates
),

known as (
    select
        months.month,
        both_ways.currency,
        both_ways.to_currency,
        both_ways.rate
    from months
    inner join both_ways on months.month >= both_ways.month
    qualify row_number() over (
        partition by months.month, both_ways.currency, both_ways.to_currency
        order by both_ways.is_inverse asc, both_ways.month desc
    ) = 1
),

-- Straight into the reporting currency, else by way of one other.
ways as (
    select
        month,
        currency,
        '' as by_way_of,
        rate
    from known
    where to_currency = '{{ var("reporting_currency") }}'
    union all
    select
        known.month,
        known.currency,
        known.to_currency as by_way_of,
        known.rate * onwards.rate as rate
    from known
    inner join known as onwards
        on
            known.month = onwards.month
            and known.to_currency = onwards.currency
            and onwards.to_currency = '{{ var("reporting_currency") }}'
),

best as (
    select
        used.currency,
        used.month,
        ways.rate
    from used
    left join ways on used.currency = ways.currency and used.month = ways.month
    qualify row_number() over (partition by used.currency, used.month order by ways.by_way_of asc nulls last) = 1
),

final as (
    select
        currency,
        month,
        case
            when currency = '{{ var("reporting_currency") }}' then cast(1 as decimal(18, 10))
            else cast(rate as decimal(18, 10))
        end as rate
    from best
)

select * from final
