-- An entry changes the stage where it is further than any since the lead's last exit, or where it is an exit. An idle
-- lead that was recycled before and is touched again is recycled a second time.
with

entries as (
    select * from {{ ref('int_lead_stage_entries') }}
),

reactivations as (
    select * from {{ ref('int_lead_reactivations') }}
),

reached as (
    select * from {{ ref('int_lead_stages') }}
),

stages as (
    select * from {{ ref('lifecycle_stages') }}
),

unioned as (
    select
        lead_id,
        stage,
        stage_order,
        is_exit,
        entered_at,
        case when stage = 'recycled' then 'crm' end as recycled_because
    from entries
    union all
    select
        reactivations.lead_id,
        stages.stage,
        stages.stage_order,
        stages.is_exit,
        reactivations.entered_at,
        reactivations.recycled_because
    from reactivations
    inner join reached on reactivations.lead_id = reached.lead_id
    inner join stages on stages.stage = 'recycled'
    where reached.customer_at is null or reactivations.entered_at < reached.customer_at
),

-- A round ends with an exit.
rounds as (
    select
        *,
        count(case when is_exit then 1 end) over (
            partition by lead_id order by entered_at, stage_order rows between unbounded preceding and current row
        ) as round_number,
        lag(stage) over (partition by lead_id order by entered_at, stage_order) as stage_before
    from unioned
),

progress as (
    select
        *,
        max(case when not is_exit then stage_order end) over (
            partition by lead_id, round_number
            order by entered_at, stage_order rows between unbounded preceding and 1 preceding
        ) as furthest_stage_order
    from rounds
),

changes as (
    select * from progress
    where
        case
            when is_exit then stage != coalesce(stage_before, '') or recycled_because = 'idle'
            else stage_order > coalesce(furthest_stage_order, 0)
        end
),

final as (
    select
        lead_id,
        row_number() over (partition by lead_id order by entered_at, stage_order) as entry_number,
        stage,
        lag(stage) over (partition by lead_id order by entered_at, stage_order) as previous_stage,
        recycled_because,
        entered_at,
        lead(entered_at) over (partition by lead_id order by entered_at, stage_order) as left_at
    from changes
)

select * from final
