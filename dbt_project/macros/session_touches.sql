{#-
    The touches among sessions that know their person: those whose source can be told. Needs the columns of int_sessions;
    `further` ones are passed on.
-#}
{% macro session_touches(sessions, further=[]) -%}
    select
        'session:' || sessions.session_id as touchpoint_id,
        sessions.person_id,
        'person' as person_type,
        'session' as touch_type,
        classified.source,
        sessions.utm_medium as medium,
        sessions.utm_campaign as campaign,
        sessions.utm_content as content,
        classified.source = 'direct' as is_direct,
        sessions.source_key,
        sessions.started_at as occurred_at
        {%- for column in further %},
        sessions.{{ column }}
        {%- endfor %}
    from {{ sessions }} as sessions
    inner join {{ ref('int_source_signals_classified') }} as classified
        on sessions.source_key = classified.source_key
    inner join {{ ref('source_catalogue') }} as catalogue on classified.source = catalogue.source
    where not catalogue.is_unclear
{%- endmacro %}
