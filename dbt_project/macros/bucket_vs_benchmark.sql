{#-
    A figure against a benchmark: `low` or `high` from the share `comparison_band` (var) below or above it, else medium.
    Null where either is null, or the benchmark is 0: there is nothing to compare with. Rounded, so
    that a figure at the limit counts as reaching it.
-#}
{% macro bucket_vs_benchmark(figure, benchmark, low='low', high='high') -%}
    case
        when {{ figure }} is null or coalesce({{ benchmark }}, 0) = 0 then null
        when round({{ figure }}, 9) >= round({{ benchmark }} * (1 + {{ var('comparison_band') }}), 9) then '{{ high }}'
        when round({{ figure }}, 9) <= round({{ benchmark }} * (1 - {{ var('comparison_band') }}), 9) then '{{ low }}'
        else 'medium'
    end
{%- endmacro %}
