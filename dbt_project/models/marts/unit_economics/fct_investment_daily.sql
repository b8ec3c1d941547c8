with

final as (
    select
        date,
        source,
        campaign,
        cost_type,
        amount,
        impressions,
        clicks
    from {{ ref('int_investment_daily') }}
)

select * from final
