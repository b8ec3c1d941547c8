{{ config(pre_hook="{{ snapshot_previous_run() }}", post_hook="{{ empty_on_full_refresh() }}") }}
with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('int_lead_stages') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
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

lead_moments as (
    select lead_id, 'lead' as conversion_type, created_at as conversion_at from leads
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

-- The source of a deal that no touch explains: its own, where the CRM says one, else its lead's in the CRM.
deals_sourced as (
    select
        deals.*,
        case when catalogue.is_unclear then null else classified.source end as own_source
    from deals
    inner join classified on deals.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
),

unioned as (
    select
        lead_moments.conversion_type || ':' || lead_moments.lead_id as conversion_id,
        lead_moments.conversion_type,
        lead_moments.conversion_at,
        cast(0 as decimal(18, 6)) as value,
        leads.person_id,
        leads.account_id,
        lead_moments.lead_id,
        cast(null as varchar) as opportunity_id,
        lead_sources.crm_source,
        leads.created_at as lead_created_at,
        cast(null as timestamp) as opportunity_created_at
    from lead_moments
    inner join leads on lead_moments.lead_id = leads.lead_id
    inner join lead_sources on lead_moments.lead_id = lead_sources.lead_id
    where lead_moments.conversion_at is not null
    union all
    select
        deal_moments.conversion_type || ':' || deal_moments.deal_id as conversion_id,
        deal_moments.conversion_type,
        deal_moments.conversion_at,
        deals_sourced.amount as value,
        leads.person_id,
        deals_sourced.account_id,
        deals_sourced.lead_id,
        deals_sourced.opportunity_id,
        coalesce(deals_sourced.own_source, lead_sources.crm_source, 'unknown') as crm_source,
        leads.created_at as lead_created_at,
        deals_sourced.created_at as opportunity_created_at
    from deal_moments
    inner join deals_sourced on deal_moments.deal_id = deals_sourced.deal_id
    left join leads on deals_sourced.lead_id = leads.lead_id
    left join lead_sources on deals_sourced.lead_id = lead_sources.lead_id
),

-- A milestone that had not come by the time of the conversion plays no part in its path.
final as (
    select
        conversion_id,
        conversion_type,
        value,
        person_id,
        account_id,
        lead_id,
        opportunity_id,
        crm_source,
        {{ lookback_start('conversion_type', 'conversion_at') }} as window_starts_at,
        conversion_at,
        case when lead_created_at <= conversion_at then lead_created_at end as lead_created_at,
        case when opportunity_created_at <= conversion_at then opportunity_created_at end as opportunity_created_at
    from unioned
)

select * from final
