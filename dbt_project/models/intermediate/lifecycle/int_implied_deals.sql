with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('stg_standard__lead_stages') }}
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
        lead_stages.stage = 'customer' as is_won
    from lead_stages
    inner join leads on lead_stages.lead_id = leads.lead_id
    where lead_stages.stage in ('opportunity', 'customer')
    union all
    select
        account_id,
        cast(null as varchar) as lead_id,
        cast(revenue_on as timestamp) as seen_at,
        true as is_won
    from revenue
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

account_leads as (
    select
        leads.account_id,
        leads.lead_id
    from leads
    left join evidence on leads.lead_id = evidence.lead_id
    qualify row_number() over (
        partition by leads.account_id
        order by evidence.seen_at asc nulls last, leads.created_at asc, leads.lead_id asc
    ) = 1
),

final as (
    select
        'account:' || implied.account_id as deal_id,
        implied.account_id,
        account_leads.lead_id,
        implied.is_only_deal,
        implied.created_at,
        implied.won_at
    from implied
    left join account_leads on implied.account_id = account_leads.account_id
)

select * from final
