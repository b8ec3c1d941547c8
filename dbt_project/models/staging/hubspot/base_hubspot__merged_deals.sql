with recursive

merged_deals as (
    select * from {{ source('hubspot', 'merged_deal') }}
),

mergers as (
    select
        merged_deal_id as merged_id,
        min(deal_id) as surviving_id
    from merged_deals
    where merged_deal_id != deal_id
    group by merged_deal_id
),

{{ survivors_of_merges() }},

final as (
    select
        id as deal_id,
        surviving_id as surviving_deal_id
    from survivors
)

select * from final
