{#- The first name of the parameters that url_query gives that is in a list and has a value; null where none is. `{gclid}`
    is no value: the ad platform did not fill it in. A loop over the list in a regular expression takes longer. -#}
{% macro first_parameter_in(query, names) -%}
    {{ adapter.dispatch('first_parameter_in')(query, names) }}
{%- endmacro %}

{% macro duckdb__first_parameter_in(query, names) -%}
    list_filter(
        list_transform(
            string_split(lower({{ query }}), '&'),
            lambda parameter: case
                when ends_with(parameter, '=') or not contains(parameter, '=') or contains(parameter, '={')
                    or contains(parameter, '=%7b') or ends_with(parameter, '=undefined') or ends_with(parameter, '=null')
                    then ''
                else split_part(parameter, '=', 1)
            end
        ),
        lambda name: list_contains({{ names }}, name)
    )[1]
{%- endmacro %}

{% macro spark__first_parameter_in(query, names) -%}
    get(filter(
        transform(
            split(lower({{ query }}), '&'),
            parameter -> case
                when endswith(parameter, '=') or not contains(parameter, '=') or contains(parameter, '={')
                    or contains(parameter, '=%7b') or endswith(parameter, '=undefined') or endswith(parameter, '=null')
                    then ''
                else split_part(parameter, '=', 1)
            end
        ),
        name -> array_contains({{ names }}, name)
    ), 0)
{%- endmacro %}
