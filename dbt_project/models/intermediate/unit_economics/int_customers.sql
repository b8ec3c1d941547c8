with

deals as (
    select * from {{ ref('int_deals') }}
    where is_first_won
),

deal_sources as (
    select * from {{ ref('int_deal_sources') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
    where amount is not null
),

spells as (
    select * from {{ ref('int_customer_spells') }}
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

totals as (
    select
        account_id,
        sum(amount) as revenue_to_date
    from revenue
    group by account_id
),

lives as (
    select
        account_id,
        customer_since,
        max(churns_on) as churns_on,
        cast(sum(coalesce(return_month - churn_month, 0)) as bigint) as months_lost
    from spells
    group by account_id, customer_since
),

acquired as (
    select
        deals.account_id,
        deals.deal_id,
        deals.lead_id,
        deal_sources.original_source,
        deals.won_at as acquired_at,
        {{ reporting_date('deals.won_at') }} as acquired_on,
        deals.amount as first_deal_amount,
        coalesce(totals.revenue_to_date, 0) as revenue_to_date,
        cast(coalesce(source_settings.gross_margin_rate, {{ var('gross_margin_rate') }}) as decimal(7, 6))
            as gross_margin_rate,
        lives.customer_since,
        lives.churns_on,
        lives.months_lost
    from deals
    inner join deal_sources on deals.deal_id = deal_sources.deal_id
    inner join lives on deals.account_id = lives.account_id
    left join totals on deals.account_id = totals.account_id
    left join source_settings on deal_sources.original_source = source_settings.source
),

tenures as (
    select
        *,
        churns_on <= {{ as_of_date() }} as is_churned,
        {{ whole_months_between('customer_since', 'least(churns_on, ' ~ as_of_date() ~ ')') }} - months_lost
            as tenure_months
    from acquired
),

final as (
    select
        account_id,
        deal_id,
        lead_id,
        original_source,
        acquired_at,
        acquired_on,
        customer_since,
        first_deal_amount,
        revenue_to_date,
        gross_margin_rate,
        cast(cast(revenue_to_date as decimal(28, 6)) * gross_margin_rate as decimal(28, 6)) as margin_to_date,
        not is_churned as is_active,
        case when is_churned then churns_on end as churned_on,
        tenure_months
    from tenures
)

select * from final
