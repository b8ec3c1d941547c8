{#- A number that stands for a text, by its MD5: quicker to group and to sort by than a long text. Other engines take the text. -#}
{% macro text_number(text) -%}
    md5_number({{ text }})
{%- endmacro %}
