with

final as (
    select
        account_id,
        lead_id,
        original_source,
        acquired_at,
        acquired_on,
        first_deal_amount,
        revenue_to_date,
        margin_to_date,
        is_active,
        churned_on
    from {{ ref('int_customers') }}
)

select * from final
