{#- The first name of the parameters that url_query gives that is in a list; null where none is. A loop over the list in
    a regular expression takes longer. -#}
{% macro first_parameter_in(query, names) -%}
    {{ adapter.dispatch('first_parameter_in')(query, names) }}
{%- endmacro %}

{% macro duckdb__first_parameter_in(query, names) -%}
    list_filter(
        list_transform(string_split(lower({{ query }}), '&'), lambda parameter: split_part(parameter, '=', 1)),
        lambda name: list_contains({{ names }}, name)
    )[1]
{%- endmacro %}

{% macro spark__first_parameter_in(query, names) -%}
    get(filter(
        transform(split(lower({{ query }}), '&'), parameter -> split_part(parameter, '=', 1)),
        name -> array_contains({{ names }}, name)
    ), 0)
{%- endmacro %}
