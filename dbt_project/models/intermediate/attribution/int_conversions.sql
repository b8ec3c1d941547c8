{{ config(pre_hook="{{ snapshot_previous_run() }}", post_hook="{{ empty_on_full_refresh() }}") }}
with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('int_lead_stages') }}
),

deals as (
    select * from {{ ref('int_deals') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

types as (
    select * from {{ ref('int_conversion_types') }}
),

leads_sourced as (
    select
        leads.lead_id,
        leads.person_id,
        leads.account_id,
        lead_stages.created_at,
        classified.source
    from leads
    inner join lead_stages on leads.lead_id = lead_stages.lead_id
    inner join classified on leads.source_key = classified.source_key
),

deals_sourced as (
    select
        deals.*,
        case when catalogue.is_unclear then null else classified.source end as own_source
    from deals
    inner join classified on deals.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
),

lead_moments as (
    select lead_id, 'lead' as conversion_type, created_at as conversion_at from lead_stages
    union all
    select lead_id, 'mql' as conversion_type, mql_at as conversion_at from lead_stages
    union all
    select lead_id, 'sql' as conversion_type, sql_at as conversion_at from lead_stages
),

deal_moments as (
    select deal_id, 'opportunity' as conversion_type, created_at as conversion_at from deals
    where is_opportunity
    union all
    select deal_id, 'customer' as conversion_type, won_at as conversion_at from deals
    where is_first_won
),

-- The CRM's source of an opportunity: its own where that is clear, else its lead's.
unioned as (
    select
        lead_moments.conversion_type || ':' || lead_moments.lead_id as conversion_id,
        lead_moments.conversion_type,
        lead_moments.conversion_at,
        cast(0 as decimal(18, 6)) as value,
        leads_sourced.person_id,
        leads_sourced.account_id,
        lead_moments.lead_id,
        cast(null as varchar) as opportunity_id,
        leads_sourced.source as crm_source,
        leads_sourced.created_at as lead_created_at,
        cast(null as timestamp) as opportunity_created_at
    from lead_moments
    inner join leads_sourced on lead_moments.lead_id = leads_sourced.lead_id
    where lead_moments.conversion_at is not null
    union all
    select
        deal_moments.conversion_type || ':' || deal_moments.deal_id as conversion_id,
        deal_moments.conversion_type,
        deal_moments.conversion_at,
        deals_sourced.amount as value,
        leads_sourced.person_id,
        deals_sourced.account_id,
        deals_sourced.lead_id,
        deals_sourced.opportunity_id,
        coalesce(deals_sourced.own_source, leads_sourced.source, 'unknown') as crm_source,
        leads_sourced.created_at as lead_created_at,
        deals_sourced.created_at as opportunity_created_at
    from deal_moments
    inner join deals_sourced on deal_moments.deal_id = deals_sourced.deal_id
    left join leads_sourced on deals_sourced.lead_id = leads_sourced.lead_id
),

-- A milestone after the conversion plays no part in its path.
final as (
    select
        unioned.conversion_id,
        unioned.conversion_type,
        unioned.value,
        unioned.person_id,
        unioned.account_id,
        unioned.lead_id,
        unioned.opportunity_id,
        unioned.crm_source,
        {{ window_start('unioned.conversion_at', 'types.lookback_days') }} as window_starts_at,
        unioned.conversion_at,
        case when unioned.lead_created_at <= unioned.conversion_at then unioned.lead_created_at end as lead_created_at,
        case when unioned.opportunity_created_at <= unioned.conversion_at then unioned.opportunity_created_at end
            as opportunity_created_at
    from unioned
    inner join types on unioned.conversion_type = types.conversion_type
)

select * from final
