with

seed_rates as (
    select * from {{ ref('exchange_rates') }}
    where rate > 0
),

-- The months in which a rate may change.
months as (
    select distinct month from seed_rates
),

-- A rate is also used in the other direction, where the seed has none for that direction.
both_ways as (
    select
        month,
        currency,
        to_currency,
        cast(rate as double) as rate,
        0 as is_inverse
    from seed_rates
    union all
    select
        month,
        to_currency as currency,
        currency as to_currency,
        1 / cast(rate as double) as rate,
        1 as is_inverse
    from seed_rates
),

pairs as (
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

-- Directly into the reporting currency, else through one other currency.
conversions as (
    select
        month,
        currency,
        '' as through_currency,
        rate
    from pairs
    where to_currency = '{{ var("reporting_currency") }}'
    union all
    select
        pairs.month,
        pairs.currency,
        pairs.to_currency as through_currency,
        pairs.rate * onwards.rate as rate
    from pairs
    inner join pairs as onwards
        on
            pairs.month = onwards.month
            and pairs.to_currency = onwards.currency
            and onwards.to_currency = '{{ var("reporting_currency") }}'
),

best as (
    select * from conversions
    where currency != '{{ var("reporting_currency") }}'
    qualify row_number() over (partition by currency, month order by through_currency) = 1
),

final as (
    select
        currency,
        month as valid_from,
        coalesce(lead(month) over (partition by currency order by month), cast('9999-12-31' as date)) as valid_to,
        cast(rate as decimal(18, 10)) as rate
    from best
    union all
    select
        '{{ var("reporting_currency") }}' as currency,
        cast('0001-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to,
        cast(1 as decimal(18, 10)) as rate
)

select * from final
