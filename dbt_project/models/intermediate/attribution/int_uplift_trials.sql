-- A set of sources is a number: the sum of 2^position over them, by their place in the catalogue in order of name.
{%- if is_incremental_run() and not is_markov_refresh_due() %}
-- Unchanged until the next estimate.
select * from {{ this }}
{%- else %}
with

steps as (
    select * from {{ ref('int_uplift_steps') }}
),

sources as (
    select
        source,
        cast(power(cast(2 as double), row_number() over (order by source) - 1) as decimal(38, 0)) as source_bit
    from {{ ref('source_catalogue') }}
),

-- By the lead's own creation only where there is no other touch.
first_sources as (
    select
        unit_id,
        source as first_source
    from {{ ref('int_path_unit_touchpoints') }}
    qualify row_number() over (
        partition by unit_id
        order by case when touch_type = 'lead_created' then 1 else 0 end, occurred_at, touchpoint_id
    ) = 1
),

-- On the way to a lead, further touches of the first source are part of how somebody came.
unit_sets as (
    select
        steps.unit_id,
        steps.conversion_type,
        first_sources.first_source,
        steps.is_converting,
        count(unit_touches.touchpoint_id) as touch_count,
        coalesce(
            sum(distinct case
                when steps.conversion_type = 'lead' and unit_touches.source = first_sources.first_source then 0
                else sources.source_bit
            end),
            0
        ) as source_set
    from steps
    inner join first_sources on steps.unit_id = first_sources.unit_id
    left join {{ ref('int_path_unit_touchpoints') }} as unit_touches
        on
            steps.unit_id = unit_touches.unit_id
            and steps.starts_at < unit_touches.occurred_at
            and steps.ends_at >= unit_touches.occurred_at
            and unit_touches.touch_type != 'lead_created'
    left join sources on unit_touches.source = sources.source
    group by steps.unit_id, steps.conversion_type, first_sources.first_source, steps.is_converting
),

final as (
    select
        conversion_type,
        first_source,
        cast(source_set as varchar) as source_set,
        count(*) as trials,
        sum(case when is_converting then 1 else 0 end) as conversions
    from unit_sets
    where conversion_type != 'lead' or touch_count > 0
    group by conversion_type, first_source, source_set
)

select * from final
{%- endif %}
