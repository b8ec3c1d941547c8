with

raw_rows as (
    select * from {{ source('standard', 'lead_stages') }}
    where entered_at <= {{ as_of() }}
),

newest as (
    select * from raw_rows
    {{ newest_version(['lead_id', 'stage', 'entered_at']) }}
),

final as (
    select
        md5(concat_ws('|', lead_id, stage, entered_at)) as lead_stage_id,
        lead_id,
        stage,
        entered_at
    from newest
)

select * from final
