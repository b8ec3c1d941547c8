-- Method: an account whose leads' stages or payments show an opportunity or a win that its opportunities in the CRM do
-- not show has an inferred deal.
with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('int_unified__lead_stages') }}
),

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
),

evidence as (
    select
        leads.account_id,
        lead_stages.lead_id,
        lead_stages.entered_at as seen_at,
        lead_stages.stage = 'customer' as is_won,
        cast(null as date) as paid_on,
        cast(0 as decimal(18, 6)) as amount
    from lead_stages
    inner join leads on lead_stages.lead_id = leads.lead_id
    where lead_stages.stage in ('opportunity', 'customer')
    union all
    -- A refund or an invoice of 0 does not make a customer.
    select
        account_id,
        lead_id,
        {{ end_of_reporting_day('revenue_on') }} as seen_at,
        true as is_won,
        revenue_on as paid_on,
        amount
    from revenue
    where kind != 'refund' and original_amount > 0
),

crm_accounts as (
    select
        account_id,
        bool_or(is_won) as has_won
    from opportunities
    group by account_id
),

inferred as (
    select
        evidence.account_id,
        min(evidence.seen_at) as created_at,
        min(case when evidence.is_won then evidence.seen_at end) as won_at,
        crm_accounts.account_id is null as is_only_deal
    from evidence
    left join crm_accounts on evidence.account_id = crm_accounts.account_id
    where crm_accounts.account_id is null or (not crm_accounts.has_won and evidence.is_won)
    group by evidence.account_id, crm_accounts.account_id
),

-- The amount of the deal is what was paid on the first day of a payment from the day it was won on, at whatever hour.
first_payments as (
    select
        inferred.account_id,
        sum(evidence.amount) as amount
    from inferred
    inner join evidence
        on inferred.account_id = evidence.account_id and {{ reporting_date('inferred.won_at') }} <= evidence.paid_on
    group by inferred.account_id, evidence.paid_on
    qualify row_number() over (partition by inferred.account_id order by evidence.paid_on) = 1
),

-- The deal is credited to the lead of the account's opportunity, else of the win, else of the stage, else to the first.
candidates as (
    select account_id, lead_id, 1 as preference, created_at as seen_at from opportunities
    union all
    select account_id, lead_id, case when is_won then 2 else 3 end as preference, seen_at from evidence
    union all
    select account_id, lead_id, 4 as preference, created_at as seen_at from leads
),

account_leads as (
    select
        account_id,
        lead_id
    from candidates
    where lead_id is not null
    qualify row_number() over (partition by account_id order by preference, seen_at, lead_id) = 1
),

final as (
    select
        'account:' || inferred.account_id as deal_id,
        inferred.account_id,
        account_leads.lead_id,
        coalesce(first_payments.amount, 0) as amount,
        inferred.is_only_deal,
        inferred.created_at,
        inferred.won_at
    from inferred
    left join first_payments on inferred.account_id = first_payments.account_id
    left join account_leads on inferred.account_id = account_leads.account_id
)

select * from final
