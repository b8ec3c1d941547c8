with

leads as (
    select * from {{ ref('fct_leads') }}
    where created_on > {{ as_of_date() }} - {{ var('audit_window_days') }} and sla_minutes is not null
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

judged as (
    select
        leads.first_response_at,
        leads.first_response_minutes,
        leads.is_sla_met,
        leads.sla_minutes,
        leads.routed_team,
        catalogue.source_type
    from leads
    inner join catalogue on leads.original_source = catalogue.source
),

dimensions as (
    select 'all' as dimension, 'window' as value, judged.* from judged
    union all
    select 'source_type' as dimension, source_type as value, judged.* from judged
    union all
    select 'team' as dimension, coalesce(routed_team, 'nobody') as value, judged.* from judged
),

final as (
    select
        {{ as_of_date() }} as window_end,
        dimension,
        value,
        count(*) as leads,
        count(case when is_sla_met then 1 end) as met,
        count(case when not is_sla_met then 1 end) as missed,
        count(case when is_sla_met is null then 1 end) as pending,
        count(case when not is_sla_met and first_response_at is null then 1 end) as unanswered,
        {{ ratio('count(case when is_sla_met then 1 end)', 'count(is_sla_met)') }} as met_share,
        {{ ratio('count(case when not is_sla_met then 1 end)', 'count(is_sla_met)') }} as missed_share,
        round(cast(median(first_response_minutes) as double), 2) as median_first_response_minutes
    from dimensions
    group by dimension, value
)

select * from final
