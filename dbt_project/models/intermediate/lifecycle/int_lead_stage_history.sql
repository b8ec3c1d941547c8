-- An entry changes something where it goes further than the lead had come since it last left or came back, or where it
-- leaves or comes back. A lead that was recycled, fell silent and was touched again came back twice.
with

entries as (
    select * from {{ ref('int_lead_stage_entries') }}
),

returns as (
    select * from {{ ref('int_lead_reactivations') }}
),

reached as (
    select * from {{ ref('int_lead_stages') }}
),

unioned as (
    select
        lead_id,
        stage,
        place,
        entered_at,
        case when stage = 'recycled' then 'crm' end as recycled_because
    from entries
    union all
    select
        returns.lead_id,
        'recycled' as stage,
        {{ stage_place("'recycled'") }} as place,
        returns.entered_at,
        returns.recycled_because
    from returns
    inner join reached on returns.lead_id = reached.lead_id
    where reached.customer_at is null or returns.entered_at < reached.customer_at
),

rounds as (
    select
        *,
        count(case when {{ is_stage_ahead('stage') }} then null else 1 end) over (
            partition by lead_id order by entered_at, place rows between unbounded preceding and current row
        ) as round_number,
        lag(stage) over (partition by lead_id order by entered_at, place) as stage_before
    from unioned
),

progress as (
    select
        *,
        max(case when {{ is_stage_ahead('stage') }} then place end) over (
            partition by lead_id, round_number
            order by entered_at, place rows between unbounded preceding and 1 preceding
        ) as furthest_place
    from rounds
),

changes as (
    select * from progress
    where
        case
            when {{ is_stage_ahead('stage') }} then place > coalesce(furthest_place, 0)
            else stage != coalesce(stage_before, '') or recycled_because = 'idle'
        end
),

final as (
    select
        lead_id,
        row_number() over (partition by lead_id order by entered_at, place) as entry_number,
        stage,
        lag(stage) over (partition by lead_id order by entered_at, place) as previous_stage,
        recycled_because,
        entered_at,
        lead(entered_at) over (partition by lead_id order by entered_at, place) as left_at
    from changes
)

select * from final
