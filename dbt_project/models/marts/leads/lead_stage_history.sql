with

history as (
    select * from {{ ref('int_lead_stage_history') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

final as (
    select
        history.lead_id,
        history.entry_number,
        lead_sources.original_source,
        history.stage,
        history.previous_stage,
        history.recycled_because,
        history.left_at is null as is_current,
        history.entered_at,
        history.left_at,
        cast(
            round({{ seconds_between('history.entered_at', "coalesce(history.left_at, " ~ as_of() ~ ")") }} / 86400, 4)
            as double
        ) as days_in_stage
    from history
    inner join lead_sources on history.lead_id = lead_sources.lead_id
)

select * from final
