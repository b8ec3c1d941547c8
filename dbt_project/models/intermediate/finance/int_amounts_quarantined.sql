with

final as (
    select
        'ad_spend' as entity,
        ad_spend_id as row_id,
        original_currency,
        original_amount,
        spent_on as dated_on
    from {{ ref('int_ad_spend') }}
    where amount is null and original_amount is not null
    union all
    select
        'costs' as entity,
        cost_id as row_id,
        original_currency,
        original_amount,
        cost_month as dated_on
    from {{ ref('int_costs') }}
    where amount is null and original_amount is not null
    union all
    select
        'revenue' as entity,
        revenue_id as row_id,
        original_currency,
        original_amount,
        revenue_on as dated_on
    from {{ ref('int_revenue') }}
    where amount is null and original_amount is not null
    union all
    select
        'opportunities' as entity,
        opportunity_id as row_id,
        original_currency,
        original_amount,
        {{ reporting_date('created_at') }} as dated_on
    from {{ ref('int_opportunities') }}
    where amount is null and original_amount is not null
)

select * from final
