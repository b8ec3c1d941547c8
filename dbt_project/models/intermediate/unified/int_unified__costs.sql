with

raw_rows as (
    select * from {{ all_feeds('costs') }} as feeds
),

seed_rows as (
    select * from {{ ref('other_costs') }}
),

newest as (
    select * from raw_rows
    qualify {{ in_newest_file(['month', 'source', 'cost_type']) }}
),

-- Rows of one file that share the key are several invoices: they add up per currency.
feed_costs as (
    select
        month,
        source,
        cost_type,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        max(feed) as feed,
        cast(sum(amount) as decimal(18, 6)) as amount
    from newest
    group by month, source, cost_type, coalesce(currency, '{{ var("reporting_currency") }}')
),

-- Lines of the seed with the same key are summed.
seed_costs as (
    select
        {{ month_of('month') }} as month,
        source,
        cost_type,
        currency,
        cast(sum(amount) as decimal(18, 6)) as amount
    from seed_rows
    group by {{ month_of('month') }}, source, cost_type, currency
),

unioned as (
    select
        'feed:' || md5(concat_ws(
            chr(31), month, source, cost_type,
            case when count(*) over (partition by month, source, cost_type) > 1 then currency end
        )) as cost_id,
        feed,
        source,
        cost_type,
        currency,
        amount,
        month
    from feed_costs
    union all
    select
        'seed:' || md5(concat_ws(chr(31), month, source, cost_type, currency)) as cost_id,
        'seed' as feed,
        source,
        cost_type,
        currency,
        amount,
        month
    from seed_costs
),

final as (
    select
        cost_id,
        feed,
        source as crm_source,
        {{ source_key("'cost'", crm_source='source') }} as source_key,
        cost_type,
        currency,
        amount,
        month as cost_month
    from unioned
)

select * from final
