with

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

weighted as (
    select
        shares.account_id,
        shares.attribution_model,
        shares.source,
        cast(shares.share as decimal(18, 12)) as share,
        customers.margin_to_date,
        customers.first_deal_amount,
        customers.tenure_months,
        customers.is_active
    from shares
    inner join customers on shares.account_id = customers.account_id
),

-- For the weighted median of first won opportunities: customers reached from the smallest amount up.
ranked as (
    select
        *,
        sum(share) over (
            partition by attribution_model, source order by first_deal_amount, account_id
            rows between unbounded preceding and current row
        ) as share_so_far,
        sum(share) over (partition by attribution_model, source) as all_shares
    from weighted
),

final as (
    select
        attribution_model,
        source,
        cast(sum(share) as double) as customers,
        cast(sum(share * margin_to_date) as double) as margin,
        cast(sum(share * first_deal_amount) as double) as first_deals,
        cast(min(case when share_so_far * 2 >= all_shares then first_deal_amount end) as double)
            as median_contract_value,
        cast(sum(share * tenure_months) as double) as months_at_risk,
        cast(sum(case when is_active then 0 else share end) as double) as churned_customers
    from ranked
    group by attribution_model, source
)

select * from final
