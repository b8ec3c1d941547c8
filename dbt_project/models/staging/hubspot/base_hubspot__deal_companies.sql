with

deals as (
    select * from {{ source('hubspot', 'deal') }}
    {{ newest_version(['deal_id'], 'coalesce(property_hs_lastmodifieddate, _landed_at)') }}
),

merged_deals as (
    select * from {{ ref('base_hubspot__merged_deals') }}
),

deal_companies as (
    select * from {{ source('hubspot', 'deal_company') }}
    {{ newest_version(['deal_id', 'company_id', 'type_id']) }}
),

companies as (
    select * from {{ ref('base_hubspot__companies') }}
),

-- The companies of a merged deal belong to the deal it was merged into.
named_companies as (
    select
        coalesce(merged_deals.surviving_deal_id, deal_companies.deal_id) as deal_id,
        deal_companies.company_id,
        -- HubSpot's association type of the primary company.
        case deal_companies.type_id when '5' then 2 else 3 end as preference
    from deal_companies
    left join merged_deals on deal_companies.deal_id = merged_deals.deal_id
    where not coalesce(deal_companies._fivetran_deleted, false)
    union all
    select
        deal_id,
        property_hs_primary_associated_company as company_id,
        1 as preference
    from deals
    where property_hs_primary_associated_company is not null
),

-- A deal counts for one company: the primary one, else the one with the lowest id, which HubSpot has known longest.
final as (
    select
        named_companies.deal_id,
        named_companies.company_id
    from named_companies
    left join companies on named_companies.company_id = companies.id
    where not coalesce(companies.is_deleted, false)
    qualify row_number() over (
        partition by named_companies.deal_id
        order by named_companies.preference, length(named_companies.company_id), named_companies.company_id
    ) = 1
)

select * from final
