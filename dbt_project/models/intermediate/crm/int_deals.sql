with

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

inferred_deals as (
    select * from {{ ref('int_inferred_deals') }}
),

unioned as (
    select
        opportunity_id as deal_id,
        opportunity_id,
        account_id,
        lead_id,
        crm_source,
        coalesce(amount, 0) as amount,
        true as is_opportunity,
        created_at,
        case when is_won then closed_at end as won_at
    from opportunities
    union all
    select
        deal_id,
        cast(null as varchar) as opportunity_id,
        account_id,
        lead_id,
        cast(null as varchar) as crm_source,
        cast(amount as decimal(18, 6)) as amount,
        is_only_deal as is_opportunity,
        created_at,
        won_at
    from inferred_deals
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id order by won_at asc nulls last, created_at asc, deal_id asc
        ) as won_number
    from unioned
),

final as (
    select
        deal_id,
        opportunity_id,
        account_id,
        lead_id,
        crm_source,
        {{ source_key("'opportunity'", crm_source='crm_source') }} as source_key,
        amount,
        is_opportunity,
        won_number = 1 and won_at is not null as is_first_won,
        created_at,
        won_at
    from ranked
)

select * from final
