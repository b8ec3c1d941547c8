{#- Whether a pattern matches the whole text. The pattern may be a column; RE2 and Java read the same subset;
    (?d) makes Java's dot match what RE2's does. -#}
{% macro regexp_full_match(text, pattern) -%}
    {{ adapter.dispatch('regexp_full_match')(text, pattern) }}
{%- endmacro %}

{% macro duckdb__regexp_full_match(text, pattern) -%}
    regexp_full_match({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__regexp_full_match(text, pattern) -%}
    ({{ text }} rlike concat('(?d)^(?:', {{ pattern }}, ')\z'))
{%- endmacro %}
