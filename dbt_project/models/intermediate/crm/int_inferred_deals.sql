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
        cast(0 as decimal(18, 6)) as amount
    from lead_stages
    inner join leads on lead_stages.lead_id = leads.lead_id
    where lead_stages.stage in ('opportunity', 'customer')
    union all
    -- A refund or an invoice over nothing makes nobody a customer.
    select
        account_id,
        lead_id,
        {{ end_of_reporting_day('revenue_on') }} as seen_at,
        true as is_won,
        amount
    from revenue
    where kind != 'refund' and original_amount > 0
),

known as (
    select
        account_id,
        bool_or(is_won) as has_won
    from opportunities
    group by account_id
),

implied as (
    select
        evidence.account_id,
        min(evidence.seen_at) as created_at,
        min(case when evidence.is_won then evidence.seen_at end) as won_at,
        known.account_id is null as is_only_deal
    from evidence
    left join known on evidence.account_id = known.account_id
    where known.account_id is null or (not known.has_won and evidence.is_won)
    group by evidence.account_id, known.account_id
),

-- The deal is worth what was paid on the day it was won.
first_payments as (
    select
        implied.account_id,
        sum(evidence.amount) as amount
    from implied
    inner join evidence on implied.account_id = evidence.account_id and implied.won_at = evidence.seen_at
    group by implied.account_id
),

-- The lead that counts: the one of the account's deal in the CRM, else the one that shows the win or the deal, else the
-- account's first.
candidates as (
    select account_id, lead_id, 1 as preference, created_at as seen_at from opportunities
    where lead_id is not null
    union all
    select account_id, lead_id, case when is_won then 2 else 3 end as preference, seen_at from evidence
    where lead_id is not null
    union all
    select account_id, lead_id, 4 as preference, created_at as seen_at from leads
),

account_leads as (
    select
        account_id,
        lead_id
    from candidates
    qualify row_number() over (partition by account_id order by preference, seen_at, lead_id) = 1
),

final as (
    select
        'account:' || implied.account_id as deal_id,
        implied.account_id,
        account_leads.lead_id,
        coalesce(first_payments.amount, 0) as amount,
        implied.is_only_deal,
        implied.created_at,
        implied.won_at
    from implied
    left join first_payments on implied.account_id = first_payments.account_id
    left join account_leads on implied.account_id = account_leads.account_id
)

select * from final
