with

ad_spend as (
    select * from {{ ref('int_ad_spend') }}
),

costs as (
    select * from {{ ref('int_costs') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
),

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

converted as (
    select
        'ad_spend' as entity,
        ad_spend_id as row_id,
        original_currency,
        original_amount,
        amount,
        spent_on as dated_on
    from ad_spend
    union all
    select
        'costs' as entity,
        cost_id as row_id,
        original_currency,
        original_amount,
        amount,
        cost_month as dated_on
    from costs
    union all
    select
        'revenue' as entity,
        revenue_id as row_id,
        original_currency,
        original_amount,
        amount,
        revenue_on as dated_on
    from revenue
    union all
    select
        'opportunities' as entity,
        opportunity_id as row_id,
        original_currency,
        original_amount,
        amount,
        {{ reporting_date('coalesce(closed_at, created_at)') }} as dated_on
    from opportunities
),

final as (
    select
        entity,
        row_id,
        original_currency,
        original_amount,
        dated_on
    from converted
    where amount is null and original_amount is not null
)

select * from final
