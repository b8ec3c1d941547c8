{#- The text of one field of a JSON object; null where it is absent. -#}
{% macro json_field(json, field) -%}
    json_extract_string({{ json }}, '$.{{ field }}')
{%- endmacro %}

{#- A JSON list of parameters, each a key with its value in the field of its type, as json_parameter reads it. -#}
{% macro json_parameters(json) -%}
    {{ adapter.dispatch('json_parameters')(json) }}
{%- endmacro %}

{% macro duckdb__json_parameters(json) -%}
    from_json({{ json }}, '[{"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR"}}]')
{%- endmacro %}

{% macro spark__json_parameters(json) -%}
    from_json({{ json }}, 'array<struct<key: string, value: struct<string_value: string, int_value: string>>>')
{%- endmacro %}

{#- The text of one parameter; null where it is absent. -#}
{% macro json_parameter(parameters, key) -%}
    {%- set value = adapter.dispatch('first_of_key')(parameters, key) ~ '.value' -%}
    coalesce({{ value }}.string_value, {{ value }}.int_value)
{%- endmacro %}

{% macro duckdb__first_of_key(parameters, key) -%}
    (list_filter({{ parameters }}, lambda parameter: parameter.key = '{{ key }}')[1])
{%- endmacro %}

{% macro spark__first_of_key(parameters, key) -%}
    get(filter({{ parameters }}, parameter -> parameter.key = '{{ key }}'), 0)
{%- endmacro %}

{#- The moment of a count of microseconds since 1970, UTC. -#}
{% macro moment_of_microseconds(microseconds) -%}
    {{ adapter.dispatch('moment_of_microseconds')(microseconds) }}
{%- endmacro %}

{% macro duckdb__moment_of_microseconds(microseconds) -%}
    make_timestamp({{ microseconds }})
{%- endmacro %}

{% macro spark__moment_of_microseconds(microseconds) -%}
    timestamp_micros({{ microseconds }})
{%- endmacro %}

{#-
    The text of a JSON object without the fields whose names begin with an underscore: a connector writes when it loaded
    the row there. `_fivetran_id` stays, as it tells rows apart whose breakdown is not exported.
-#}
{% macro without_bookkeeping(json) -%}
    {{ adapter.dispatch('without_bookkeeping')(json) }}
{%- endmacro %}

{#- Few objects have such fields, and these alone are taken apart. The list of names says which values are which. -#}
{% macro duckdb__without_bookkeeping(json) -%}
    case
        when contains({{ json }}, '"_') then cast(list_transform(
            list_filter(json_keys({{ json }}), lambda field: not starts_with(field, '_') or field = '_fivetran_id'),
            lambda field: field || ':' || cast(
                json_extract({{ json }}, '/' || replace(replace(field, '~', '~0'), '/', '~1')) as varchar
            )
        ) as varchar)
        else {{ json }}
    end
{%- endmacro %}

{% macro spark__without_bookkeeping(json) -%}
    to_json(map_filter(
        from_json({{ json }}, 'map<string,string>'),
        (field, text) -> not startswith(field, '_') or field = '_fivetran_id'
    ))
{%- endmacro %}

{#- A JSON list of keys and values, or a JSON object, as the text of a query; null where it is neither. -#}
{% macro query_of_json(json) -%}
    {{ adapter.dispatch('query_of_json')(json) }}
{%- endmacro %}

{% macro duckdb__query_of_json(json) -%}
    try(case substr(ltrim({{ json }}), 1, 1)
        when '[' then array_to_string(list_transform(
            from_json({{ json }}, '[{"key": "VARCHAR", "value": "VARCHAR"}]'),
            lambda tag: tag.key || '=' || replace(tag.value, '&', '%26')
        ), '&')
        when chr(123) then array_to_string(list_transform(
            json_keys({{ json }}),
            lambda name: name || '=' || replace(json_extract_string({{ json }}, '$."' || name || '"'), '&', '%26')
        ), '&')
    end)
{%- endmacro %}

{% macro spark__query_of_json(json) -%}
    array_join(transform(
        coalesce(
            from_json({{ json }}, 'array<struct<key: string, value: string>>'),
            transform(
                map_entries(from_json({{ json }}, 'map<string, string>')),
                tag -> named_struct('key', tag.key, 'value', tag.value)
            )
        ),
        tag -> concat(tag.key, '=', replace(tag.value, '&', '%26'))
    ), '&')
{%- endmacro %}
