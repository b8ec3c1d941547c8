{%- if is_incremental_run() and not is_markov_refresh_due() %}
-- Unchanged until the next estimate.
select * from {{ this }}
{%- else %}
with

steps as (
    select * from {{ ref('int_uplift_steps') }}
),

sources as (
    select * from {{ ref('int_source_numbers') }}
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

unit_sources as (
    select distinct
        steps.unit_id,
        steps.conversion_type,
        steps.is_converting,
        unit_touches.source
    from steps
    left join {{ ref('int_path_unit_touchpoints') }} as unit_touches
        on
            steps.unit_id = unit_touches.unit_id
            and steps.starts_at < unit_touches.occurred_at
            and steps.ends_at >= unit_touches.occurred_at
            and unit_touches.touch_type != 'lead_created'
),

-- On the way to a lead, further touches of the first source are part of how somebody came.
unit_sets as (
    select
        unit_sources.unit_id,
        unit_sources.conversion_type,
        unit_sources.is_converting,
        first_sources.first_source,
        count(unit_sources.source) as source_count,
        coalesce(
            sum(case
                when unit_sources.conversion_type != 'lead' or unit_sources.source != first_sources.first_source
                    then sources.source_bit
            end),
            0
        ) as source_set
    from unit_sources
    inner join first_sources on unit_sources.unit_id = first_sources.unit_id
    left join sources on unit_sources.source = sources.source
    group by
        unit_sources.unit_id, unit_sources.conversion_type, unit_sources.is_converting, first_sources.first_source
),

final as (
    select
        conversion_type,
        first_source,
        cast(source_set as varchar) as source_set,
        count(*) as trials,
        cast(sum(case when is_converting then 1 else 0 end) as bigint) as conversions
    from unit_sets
    where conversion_type != 'lead' or source_count > 0
    group by conversion_type, first_source, source_set
)

select * from final
{%- endif %}
