{#-
    A text with its placeholders, like {customers}, replaced by values: a mapping of names to SQL text expressions that are
    not null. `decimal_comma` writes 1,5 for 1.5.
-#}
{% macro fill_placeholders(text, values, decimal_comma=false) -%}
    {%- set filled = namespace(sql=text) -%}
    {%- for name, value in values.items() -%}
        {%- set shown = 'replace(' ~ value ~ ", '.', ',')" if decimal_comma else value -%}
        {%- set filled.sql = 'replace(' ~ filled.sql ~ ", '{" ~ name ~ "}', " ~ shown ~ ')' -%}
    {%- endfor -%}
    {{ filled.sql }}
{%- endmacro %}
