{#- Meaning of a CRM's word in a var that lists words in lower case under each meaning; null where it has none. -#}
{% macro map_values(word, meanings) -%}
    case
        {%- for meaning, words in meanings.items() %}
        when lower(trim({{ word }})) in ({{ quoted_list(words) }}) then '{{ meaning }}'
        {%- endfor %}
    end
{%- endmacro %}
