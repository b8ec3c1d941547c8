-- Rows for which LinkedIn states no cost. They count as nothing paid; here is how many they are.
{{ config(enabled='linkedin_ads' in enabled_feeds(), severity='warn') }}
with

spend as (
    select * from {{ ref('base_linkedin_ads__spend') }}
),

final as (
    select
        date,
        campaign_id,
        ad_id
    from spend
    where cost is null
)

select * from final
