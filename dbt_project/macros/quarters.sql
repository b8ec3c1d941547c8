{#- First day of the quarter of a date. -#}
{% macro quarter_of(day) -%}
    cast(date_trunc('quarter', {{ day }}) as date)
{%- endmacro %}

{#- First day of the quarter after one, given by its first day. -#}
{% macro next_quarter(quarter) -%}
    cast({{ quarter }} + interval 3 month as date)
{%- endmacro %}

{#- The day whose knowledge a quarter is judged by: its last one, of the running quarter the last day in view. -#}
{% macro known_on(quarter) -%}
    least(cast({{ next_quarter(quarter) }} - interval 1 day as date), {{ as_of_date() }})
{%- endmacro %}

{#- Whether a quarter is in the window of `recommendation_window_quarters` (var) that ends with another one. -#}
{% macro is_in_window(quarter, window_end) -%}
    {{ quarter }} <= {{ window_end }}
    and {{ quarter }} > {{ window_end }} - interval 3 month * {{ var('recommendation_window_quarters') }}
{%- endmacro %}
