with

newest as (
    select * from {{ all_feeds('opportunity_contacts') }} as feeds
    {{ newest_version(['opportunity_id', 'lead_id']) }}
),

final as (
    select
        md5(concat_ws(chr(31), opportunity_id, lead_id)) as opportunity_contact_id,
        feed,
        opportunity_id,
        lead_id,
        coalesce(is_primary, false) as is_primary
    from newest
)

select * from final
