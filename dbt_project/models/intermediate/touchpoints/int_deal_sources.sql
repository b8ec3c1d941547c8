with

deals as (
    select * from {{ ref('int_deals') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

final as (
    select
        deals.deal_id,
        coalesce(lead_sources.original_source, classified.source) as original_source
    from deals
    inner join classified on deals.source_key = classified.source_key
    left join lead_sources on deals.lead_id = lead_sources.lead_id
)

select * from final
