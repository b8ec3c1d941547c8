{#-
    Host of a URL in lower case, without `www.`, user and port; null where there is none. In `acme.example:443`, without
    `//`, the host is before the colon. Most addresses are plain: to split these at slashes is four times as fast as the
    expression that reads all.
-#}
{% macro url_host(url) -%}
    {%- set between_slashes = "split_part(" ~ url ~ ", '/', 3)" -%}
    {%- set host = "lower(" ~ between_slashes ~ ")" -%}
    case
        when {{ url }} like 'http%://%' and {{ between_slashes }} not like '%:%' and {{ between_slashes }} not like '%@%'
            and {{ between_slashes }} not like '%?%' and {{ between_slashes }} not like '%#%'
            and {{ between_slashes }} not like '% %'
            then nullif(case when {{ host }} like 'www.%' then substr({{ host }}, 5) else {{ host }} end, '')
        else lower(nullif(regexp_extract(
            {{ url }},
            '^ *(?:(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//)?(?:[^/?#@]*@)?(?:[wW][wW][wW][.])?([^/:?# ]+)(?:[/?# ]|:[0-9]|:?$)',
            1
        ), ''))
    end
{%- endmacro %}

{#- The decoded value of a query parameter; null where it is absent or empty. The expression is for the rare address in
    which the name is first found inside another one. -#}
{% macro url_parameter(url, name) -%}
    {%- set place = "instr(" ~ url ~ ", '" ~ name ~ "=')" -%}
    {%- set value = "split_part(split_part(split_part(" ~ url ~ ", '" ~ name ~ "=', 2), '&', 1), '#', 1)" -%}
    case
        when {{ place }} = 0 then null
        when {{ place }} > 1 and substr({{ url }}, {{ place }} - 1, 1) in ('?', '&')
            then nullif(trim(case
                when instr({{ value }}, '%') > 0 or instr({{ value }}, '+') > 0 then {{ url_decode(value) }}
                else {{ value }}
            end), '')
        else nullif(trim({{ url_decode("regexp_extract(" ~ url ~ ", '[?&]" ~ name ~ "=([^&#]*)', 1)") }}), '')
    end
{%- endmacro %}

{#- A tag of the feed, else of the address; without the character that separates the texts of source_key. -#}
{% macro tag_or_parameter(tag, url) -%}
    replace(coalesce(nullif(trim({{ tag }}), ''), {{ url_parameter(url, tag) }}), chr(31), ' ')
{%- endmacro %}

{#- The name of the first click id in a query string (var `click_id_parameters`); null where there is none. -#}
{% macro click_id_in_url(url) -%}
    nullif(regexp_extract({{ url }}, '[?&]({{ var("click_id_parameters") | join("|") }})=', 1), '')
{%- endmacro %}
