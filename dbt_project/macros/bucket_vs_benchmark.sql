{#-
    A figure in a word, against what is usual: `low` or `high` from the share `comparison_band` (var) away from it, else
    medium. Null where either is unknown. Rounded, so that a figure on the line is on the line.
-#}
{% macro bucket_vs_benchmark(figure, usual, low='low', high='high') -%}
    case
        when {{ figure }} is null or {{ usual }} is null then null
        when round({{ figure }}, 9) >= round({{ usual }} * (1 + {{ var('comparison_band') }}), 9) then '{{ high }}'
        when round({{ figure }}, 9) <= round({{ usual }} * (1 - {{ var('comparison_band') }}), 9) then '{{ low }}'
        else 'medium'
    end
{%- endmacro %}
