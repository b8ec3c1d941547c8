with

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

-- A customer without a lead belongs to the month in which it was won.
dated as (
    select
        customers.account_id,
        customers.margin_to_date,
        {{ month_of('coalesce(' ~ reporting_date('leads.created_at') ~ ', customers.acquired_on)') }} as month,
        {{ month_of('customers.acquired_on') }} as won_month
    from customers
    left join leads on customers.lead_id = leads.lead_id
),

-- The month of the lead is the first month of age, also of a customer who was won before.
final as (
    select
        dated.month,
        dated.won_month,
        cast(greatest({{ whole_months_between('dated.month', 'dated.won_month') }}, 0) + 1 as integer) as age_months,
        shares.source,
        shares.attribution_model,
        cast(sum(cast(shares.share as decimal(18, 12))) as decimal(28, 12)) as customers,
        cast(sum(cast(shares.share as decimal(18, 12)) * dated.margin_to_date) as decimal(28, 10)) as margin_to_date
    from shares
    inner join dated on shares.account_id = dated.account_id
    group by dated.month, dated.won_month, shares.source, shares.attribution_model
)

select * from final
