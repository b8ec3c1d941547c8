with

-- The days that feed_volume judges, and the weeks before them that it compares them with; whole days only.
{%- set days_back = var('feed_volume_days') + 7 * var('feed_volume_weeks') %}
{%- set feeds = {
    'activities': ('int_unified__activities', reporting_date('occurred_at'), 'activity_id'),
    'ad_spend': ('int_unified__ad_spend', 'spent_on', 'ad_spend_id'),
    'lead_stages': ('int_unified__lead_stages', reporting_date('entered_at'), 'lead_stage_id'),
    'leads': ('int_unified__leads', reporting_date('created_at'), 'lead_id'),
    'opportunities': ('int_unified__opportunities', reporting_date('created_at'), 'opportunity_id'),
    'revenue': ('int_unified__revenue', 'revenue_on', 'revenue_id'),
    'web_events': ('int_unified__web_events', reporting_date('occurred_at'), 'event_id'),
    'web_sessions': ('int_unified__web_sessions', reporting_date('started_at'), 'session_id'),
} %}

{% for entity, (model, day, key) in feeds.items() %}
{{ entity }} as (
    select
        feed,
        {{ day }} as date_day,
        {{ key }} as row_id
    from {{ ref(model) }}
),

{% endfor -%}

final as (
    {%- for entity in feeds %}
    select
        feed,
        '{{ entity }}' as entity,
        date_day,
        count(distinct row_id) as row_count
    from {{ entity }}
    where date_day between {{ as_of_date() }} - {{ days_back }} and {{ as_of_date() }}
    group by feed, date_day
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from final
