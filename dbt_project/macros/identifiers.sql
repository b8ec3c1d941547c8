{#-
    An id, or null where it is a word for none (seed placeholder_identifiers). `prefix` is SQL for what stands before the
    id, as the vendor's name does. Of a seed, dbt reads the word `null` as an empty cell, so it is named here.
-#}
{% macro without_placeholder(identifier, prefix=none) -%}
    {%- set bare = "replace(" ~ identifier ~ ", " ~ prefix ~ ", '')" if prefix else identifier -%}
    case
        when lower({{ bare }}) != 'null' and lower({{ bare }}) not in (
            select placeholders.placeholder from {{ ref('placeholder_identifiers') }} as placeholders
        ) then {{ identifier }}
    end
{%- endmacro %}
