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
            then nullif(rtrim(case when {{ host }} like 'www.%' then substr({{ host }}, 5) else {{ host }} end, '.'), '')
        else lower(nullif(rtrim(regexp_extract(
            {{ url }},
            '^ *(?:(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//)?(?:[^/?#@]*@)?(?:[wW][wW][wW][.])?([^/:?# ]+)(?:[/?# ]|:[0-9]|:?$)',
            1
        ), '.'), ''))
    end
{%- endmacro %}

{#-
    Parameters of an address as `&name=value&name=value`, from its query and from its fragment (`#utm_source=...` and
    `#/page?utm_source=...`), without those that are empty before others; null where it has none. `&amp;` and `&#038;`
    are how HTML writes `&`. Matomo's and Piwik's names of the tags (`mtm_source`, `pk_kwd`, `piwik_campaign`) become
    `utm_` ones, as does `utm%5Fsource`. What is encoded twice is encoded once.
-#}
{% macro url_query(url) -%}
    {%- set before_fragment = "split_part(" ~ url ~ ", '#', 1)" -%}
    {%- set query = "substr(" ~ before_fragment ~ ", instr(" ~ before_fragment ~ ", '?') + 1)" -%}
    {%- set fragment = "replace(substr(" ~ url ~ ", instr(" ~ url ~ ", '#') + 1), '?', '&')" -%}
    {%- set parameters -%}
        '&' || case when instr({{ before_fragment }}, '?') > 0 then {{ query }} else '' end
        || case when instr({{ url }}, '#') > 0 then '&' || {{ fragment }} else '' end
    {%- endset -%}
    {%- set cleaned = namespace(sql="(" ~ parameters ~ ")") -%}
    {%- for pattern, text in [
        ('(?i)&(?:[&#]*(?:amp|0*38|x26);)+', '&'),
        ('(?i)%(25)?5F', '_'),
        ('(?i)&(?:mtm|matomo|pk|piwik)_(source|medium|campaign|content)=', '&utm_\\1='),
        ('(?i)&(?:mtm|matomo|pk|piwik)_cpn=', '&utm_campaign='),
        ('(?i)&(?:mtm|matomo|pk|piwik)_(?:kwd|keyword)=', '&utm_term='),
        ('(?i)&(?:mtm|matomo|pk|piwik)_cid=', '&utm_id='),
        ('%25([0-9A-Fa-f]{2})', '%\\1'),
        ('(?:&[^&=]*=)+&', '&'),
    ] -%}
        {%- set cleaned.sql = regexp_replace_all(cleaned.sql, "'" ~ pattern ~ "'", "'" ~ text ~ "'") -%}
    {%- endfor -%}
    case
        when instr({{ url }}, '?') = 0 and instr({{ url }}, '#') = 0 then null
        when instr({{ url }}, '%25') + instr({{ url }}, '=&') + instr({{ url }}, '&#') + instr(lower({{ url }}), 'amp;')
            + instr(lower({{ url }}), '%5f') + instr(lower({{ url }}), 'mtm_') + instr(lower({{ url }}), 'matomo_')
            + instr(lower({{ url }}), 'pk_') + instr(lower({{ url }}), 'piwik_') > 0
            then {{ cleaned.sql }}
        else {{ parameters }}
    end
{%- endmacro %}

{#-
    The decoded value of the first parameter with this name, in any case, of the parameters that url_query gives; null
    where it is absent or empty.
-#}
{% macro url_parameter(query, name) -%}
    {%- set place = "instr(lower(" ~ query ~ "), '&" ~ name ~ "=')" -%}
    {%- set value = "split_part(substr(" ~ query ~ ", " ~ place ~ " + " ~ (name | length + 2) ~ "), '&', 1)" -%}
    case
        when {{ place }} = 0 then null
        when instr({{ value }}, '%') > 0 or instr({{ value }}, '+') > 0 then nullif(trim({{ url_decode(value) }}), '')
        else nullif(trim({{ value }}), '')
    end
{%- endmacro %}

{#- A tag; null where it is a placeholder that the ad platform or mailing tool did not fill in, e.g. `{campaignid}`,
    `{{campaign.name}}`, `__CAMPAIGN_NAME__` or `*|CAMPAIGN|*`. -#}
{% macro filled_tag(tag) -%}
    {%- set unfilled = [
        '[{].*[}]', '\\[{2}.*\\]{2}', '[$][{].*[}]', '__[A-Za-z_.]+__', '%%?[A-Za-z_.]+%%?', '[*][|].*[|][*]', '<[A-Za-z_. ]+>'
    ] -%}
    nullif({{ regexp_replace_all(tag, "'^(" ~ unfilled | join('|') ~ ")$'", "''") }}, '')
{%- endmacro %}

{#- A tag of the feed's own, where it has that column, else of the parameters of the address; without the character that
    separates the texts of source_key. -#}
{% macro tag_or_parameter(tag, query, own=true) -%}
    {%- set own_tag = filled_tag("nullif(trim(" ~ tag ~ "), '')") if own else 'null' -%}
    replace(coalesce({{ own_tag }}, {{ filled_tag(url_parameter(query, tag)) }}), chr(31), ' ')
{%- endmacro %}

{#- The content; the keyword (utm_term) where it is all that a link is tagged with. -#}
{% macro content_or_term(term) -%}
    coalesce(utm_content, case when coalesce(utm_source, utm_medium, utm_campaign) is null then {{ term }} end)
{%- endmacro %}
