{%- if is_incremental_run() and not is_markov_refresh_due() %}
-- Unchanged until the next estimate.
select * from {{ this }}
{%- else %}
with

conversions as (
    select * from {{ ref('int_conversions') }}
),

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
),

sources as (
    select * from {{ ref('int_source_numbers') }}
),

-- A conversion without touches has a path of one source: the CRM's.
forms as (
    select
        conversions.conversion_id,
        conversions.conversion_type,
        coalesce(
            max(case when path_touches.touch_number = 1 then path_touches.source end), conversions.crm_source
        ) as first_source,
        coalesce(
            sum(distinct case
                when path_touches.occurred_at <= conversions.lead_created_at then sources.source_bit
            end),
            0
        ) as set_before_lead,
        coalesce(
            sum(distinct case
                when path_touches.occurred_at <= conversions.lead_created_at then null
                else sources.source_bit
            end),
            0
        ) as set_after_lead
    from conversions
    left join path_touches on conversions.conversion_id = path_touches.conversion_id
    left join sources on path_touches.source = sources.source
    group by conversions.conversion_id, conversions.conversion_type, conversions.crm_source
),

final as (
    select
        conversion_type,
        first_source,
        cast(set_before_lead as varchar) as set_before_lead,
        cast(set_after_lead as varchar) as set_after_lead,
        count(*) as conversions
    from forms
    group by conversion_type, first_source, set_before_lead, set_after_lead
)

select * from final
{%- endif %}
