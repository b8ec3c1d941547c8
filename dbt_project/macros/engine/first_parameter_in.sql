{#- The first name of the parameters that url_query gives that is in a list and has a value; null where none is. `{gclid}`
    is no value: the ad platform did not fill it in. A loop over the list in a regular expression takes longer. -#}
{% macro first_parameter_in(query, names) -%}
    {{ adapter.dispatch('first_parameter_in')(query, names) }}
{%- endmacro %}

{% macro duckdb__first_parameter_in(query, names) -%}
    split_part(list_filter(
        string_split(lower({{ query }}), '&'),
        lambda parameter: list_contains({{ names }}, split_part(parameter, '=', 1))
            and split_part(parameter, '=', 2) not in ('undefined', 'null')
            and substr(replace(split_part(parameter, '=', 2), '%7b', '{') || '{', 1, 1) != '{'
    )[1], '=', 1)
{%- endmacro %}

{% macro spark__first_parameter_in(query, names) -%}
    split_part(get(filter(
        split(lower({{ query }}), '&'),
        parameter -> array_contains({{ names }}, split_part(parameter, '=', 1))
            and split_part(parameter, '=', 2) not in ('undefined', 'null')
            and substr(replace(split_part(parameter, '=', 2), '%7b', '{') || '{', 1, 1) != '{'
    ), 0), '=', 1)
{%- endmacro %}
