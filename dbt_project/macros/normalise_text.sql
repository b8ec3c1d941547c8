{#-
    A free text in the form the classification rules are written in: lower case, accents dropped, every run of spaces,
    punctuation and percent escapes one underscore. 'Google%20Ads', 'google-ads' and ' Google + Ads ' are google_ads.
    Null where nothing is left. Not for hosts, whose dots count.
-#}
{% macro normalise_text(text) -%}
    {%- set separators = "+-_./|:;,&()[]<>\"!?#*=@''~" -%}
    {%- set spaced -%}
        translate(
            {{ regexp_replace_all("lower(" ~ text ~ ")", "'%[0-9a-f][0-9a-f]'", "' '") }},
            'àáâãäåçèéêëìíîïñòóôõöùúûüß{{ separators }}',
            'aaaaaaceeeeiiiinooooouuuus{{ ' ' * (separators | length - 1) }}'
        )
    {%- endset -%}
    nullif(replace(trim({{ regexp_replace_all(spaced, "' +'", "' '") }}), ' ', '_'), '')
{%- endmacro %}

{#- A value where its tag says something: analytics tools write (none) and (not set) where there was no tag. -#}
{% macro null_if_placeholder(tag, value) -%}
    case when {{ tag }} not in ('none', 'not_set', 'null', 'undefined') then {{ value }} end
{%- endmacro %}
