with

newest as (
    select * from {{ all_feeds('lead_stages') }} as feeds
    {{ newest_version(['lead_id', 'stage', 'entered_at']) }}
),

final as (
    select
        md5(concat_ws(chr(31), lead_id, stage, entered_at)) as lead_stage_id,
        feed,
        lead_id,
        case stage when 'iql' then 'lead' else stage end as stage,
        {{ moment('entered_at') }} as entered_at
    from newest
    where {{ moment('entered_at') }} <= {{ as_of() }}
)

select * from final
