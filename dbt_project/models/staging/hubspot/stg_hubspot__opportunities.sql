with

deals as (
    select * from {{ source('hubspot', 'deal') }}
    {{ newest_version(['deal_id'], 'coalesce(property_hs_lastmodifieddate, _landed_at)') }}
),

merged_deals as (
    select * from {{ ref('base_hubspot__merged_deals') }}
),

stages as (
    select * from {{ source('hubspot', 'deal_pipeline_stage') }}
    {{ newest_version(['stage_id']) }}
),

stage_entries as (
    select * from {{ source('hubspot', 'deal_stage') }}
),

deal_companies as (
    select * from {{ ref('base_hubspot__deal_companies') }}
),

deal_contacts as (
    select * from {{ ref('stg_hubspot__opportunity_contacts') }}
),

last_entries as (
    select
        deal_id,
        value as stage_id,
        max(date_entered) as entered_at
    from stage_entries
    group by deal_id, value
),

deals_with_contacts as (
    select distinct opportunity_id from deal_contacts
),

joined as (
    select
        deals.*,
        {{ vendor_id('hubspot', 'deals.deal_id') }} as opportunity_id,
        deal_companies.company_id,
        stages.label,
        stages.closed_won,
        stages.is_closed,
        stages.probability,
        last_entries.entered_at,
        staying.deal_id is not null as is_merged
    from deals
    left join stages on deals.deal_pipeline_stage_id = stages.stage_id
    left join last_entries
        on
            deals.deal_id = last_entries.deal_id
            and deals.deal_pipeline_stage_id = last_entries.stage_id
    left join deal_companies on deals.deal_id = deal_companies.deal_id
    left join merged_deals on deals.deal_id = merged_deals.deal_id
    left join deals as staying on merged_deals.surviving_deal_id = staying.deal_id
),

final as (
    select
        joined.opportunity_id,
        coalesce({{ date_alone('joined.property_createdate') }}, joined.property_hs_lastmodifieddate, joined._landed_at)
            as created_at,
        joined.property_hs_lastmodifieddate as updated_at,
        -- A deal with neither company nor contact is an account of its own, as a lead without a company is.
        coalesce(
            {{ vendor_id('hubspot', 'joined.company_id') }},
            case
                when deals_with_contacts.opportunity_id is null
                    then {{ vendor_id('hubspot', "'deal:' || joined.deal_id") }}
            end
        ) as account_id,
        cast(null as varchar) as lead_id,
        joined.property_dealname as name,
        coalesce(joined.label, joined.deal_pipeline_stage_id) as stage,
        coalesce(joined.property_hs_is_closed_won, joined.closed_won, joined.probability = 1) as is_won,
        coalesce(joined.property_hs_is_closed, joined.is_closed, joined.probability in (0, 1)) as is_closed,
        coalesce({{ date_alone('joined.property_closedate') }}, joined.entered_at) as closed_at,
        cast(coalesce(joined.property_amount, 0) as decimal(18, 6)) as amount,
        joined.property_deal_currency_code as currency,
        coalesce(
            joined.property_lead_source,
            {{ hubspot_source(
                'source', 'joined.property_hs_analytics_source', 'joined.property_hs_analytics_source_data_1',
                'joined.property_hs_analytics_source_data_2'
            ) }}
        ) as source,
        coalesce(joined.is_deleted, false) or joined.is_merged as is_deleted,
        joined._file,
        joined._landed_at,
        joined.file_row_number,
        joined._checksum
    from joined
    left join deals_with_contacts on joined.opportunity_id = deals_with_contacts.opportunity_id
)

select * from final
