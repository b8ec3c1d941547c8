{#-
    Host of a URL in lower case, without `www.`, user and port; null where there is none. A scheme is one only before
    `//`: in `acme.example:443` it is the host that stands before the colon.
-#}
{% macro url_host(url) -%}
    lower(nullif(regexp_extract(
        {{ url }},
        '^ *(?:(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//)?(?:[^/?#@]*@)?(?:[wW][wW][wW][.])?([^/:?# ]+)(?:[/?# ]|:[0-9]|:?$)',
        1
    ), ''))
{%- endmacro %}

{#- The decoded value of one query parameter; null where it is absent or empty. -#}
{% macro url_parameter(url, name) -%}
    nullif(trim({{ url_decode("regexp_extract(" ~ url ~ ", '[?&]" ~ name ~ "=([^&#]*)', 1)") }}), '')
{%- endmacro %}

{#- The name of the first click id in a query string (var `click_id_parameters`); null where there is none. -#}
{% macro click_id_in_url(url) -%}
    nullif(regexp_extract({{ url }}, '[?&]({{ var("click_id_parameters") | join("|") }})=', 1), '')
{%- endmacro %}
