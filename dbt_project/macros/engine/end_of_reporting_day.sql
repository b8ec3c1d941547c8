{#-
    A date without a time is a whole day of `reporting_timezone`. The loader and the staging models mark it by the first
    microsecond after its midnight (`2026-01-01 00:00:00.000001`); from the unified models on it is the last microsecond
    of that day in UTC, so that it comes after what has a time on that day. Today's ends just before `as_of`. Of a web session or event it is the
    first moment, as of a touch.
-#}

{#- The first moment of a reporting date as a UTC timestamp. -#}
{% macro start_of_reporting_day(date) -%}
    {%- if var('reporting_timezone') == 'UTC' -%}
        cast({{ date }} as timestamp)
    {%- else -%}
        {{ adapter.dispatch('start_of_reporting_day')(date) }}
    {%- endif -%}
{%- endmacro %}

{#- Where clocks change at midnight, it comes twice or not at all; an hour after the hour before it is the first one. -#}
{% macro duckdb__start_of_reporting_day(date) -%}
    {%- set zone = "'" ~ var('reporting_timezone') ~ "'" -%}
    least(
        timezone('UTC', timezone({{ zone }}, cast({{ date }} as timestamp))),
        timezone('UTC', timezone({{ zone }}, cast({{ date }} as timestamp) - interval 1 hour)) + interval 1 hour
    )
{%- endmacro %}

{% macro spark__start_of_reporting_day(date) -%}
    {%- set zone = "'" ~ var('reporting_timezone') ~ "'" -%}
    least(
        to_utc_timestamp(cast({{ date }} as timestamp), {{ zone }}),
        to_utc_timestamp(cast({{ date }} as timestamp) - interval 1 hour, {{ zone }}) + interval 1 hour
    )
{%- endmacro %}

{#- The last moment of a reporting date; of the day that `as_of` is in, the last one before it, on the same day. -#}
{% macro end_of_reporting_day(date) -%}
    {%- set start, next = start_of_reporting_day(date), start_of_reporting_day('cast(' ~ date ~ ' as date) + 1') -%}
    case
        when {{ start }} > {{ as_of() }} then {{ next }} - interval 1 microsecond
        else greatest({{ start }}, least({{ next }}, {{ as_of() }}) - interval 1 microsecond)
    end
{%- endmacro %}

{#- Of a vendor's field that holds dates: marks a midnight as a date without a time. -#}
{% macro date_alone(field) -%}
    case
        when {{ field }} = date_trunc('day', {{ field }}) then {{ field }} + interval 1 microsecond
        else {{ field }}
    end
{%- endmacro %}

{#- The same, with the time at which the record was created where that is on this day, or there is no date. -#}
{% macro date_or_created(field, created) -%}
    case
        when
            {{ date_alone(field) }} = date_trunc('day', {{ field }}) + interval 1 microsecond
            and {{ reporting_date(created) }} = cast({{ field }} as date)
            then {{ created }}
        else coalesce({{ date_alone(field) }}, {{ created }})
    end
{%- endmacro %}

{#- A timestamp of a staging model, with a date alone as the end of its reporting day, or as the start. -#}
{% macro moment(field, start=false) -%}
    {%- set day = 'cast(' ~ field ~ ' as date)' -%}
    case
        when {{ field }} = date_trunc('day', {{ field }}) + interval 1 microsecond
            then {{ start_of_reporting_day(day) if start else end_of_reporting_day(day) }}
        else {{ field }}
    end
{%- endmacro %}

{#- Whether such a moment is a date alone. -#}
{% macro is_whole_day(moment) -%}
    ({{ moment }} = {{ end_of_reporting_day(reporting_date(moment)) }})
{%- endmacro %}

{#- Days of exactly 24 hours before a moment; whole days before a date alone. -#}
{% macro window_start(moment, days) -%}
    case
        when {{ is_whole_day(moment) }}
            then {{ start_of_reporting_day(reporting_date(moment) ~ ' - cast(' ~ days ~ ' as integer)') }}
        else {{ moment }} - interval 1 hour * 24 * {{ days }}
    end
{%- endmacro %}

{#- The earliest that it can have been: of a date alone, the start of its day. -#}
{% macro earliest_moment(moment) -%}
    case
        when {{ is_whole_day(moment) }} then {{ start_of_reporting_day(reporting_date(moment)) }}
        else {{ moment }}
    end
{%- endmacro %}
