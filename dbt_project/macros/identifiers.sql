{#-
    An id, or null where it is a word for none (seed placeholder_identifiers) or a place in a template that nobody filled
    in, in double braces, `${user_id}` or `*|EMAIL|*`. `prefix` is SQL for what stands before the
    id, as the vendor's name does. Of a seed, dbt reads the word `null` as an empty cell, so it is named here.
-#}
{% macro without_placeholder(identifier, prefix=none) -%}
    {%- set bare = "replace(" ~ identifier ~ ", " ~ prefix ~ ", '')" if prefix else identifier -%}
    case
        when lower({{ bare }}) != 'null' and lower({{ bare }}) not in (
            select placeholders.placeholder from {{ ref('placeholder_identifiers') }} as placeholders
        ) and substr({{ bare }}, 1, 2) not in ({{ quoted_list(['{' ~ '{', '${', '[[', '*|', '%%', '<%']) }})
            and lower(substr({{ bare }}, 1, 6)) != '%7b%7b' then {{ identifier }}
    end
{%- endmacro %}
