{#-
    The host of a company's website, as it may name the company: null where it is no domain, as `{company.domain}`, or
    the page of a company in a directory, market place or link list (seed shared_sites).
-#}
{% macro company_domain(website) -%}
    {%- set host = url_host(website) -%}
    {%- set pages = "(select sites.site from " ~ ref('shared_sites') ~ " as sites where sites.only_pages)" -%}
    case
        when {{ host }} not like '%.%' or {{ regexp_full_match(host, "'[0-9.]+|.*[\\[\\]{}<>$%*|=].*'") }} then null
        when
            {{ regexp_full_match("trim(" ~ website ~ ")", "'(?s)(?:[a-zA-Z]+:)?(?://)?[^/]*[^/:]/[^/].*'") }}
            and ({{ host }} in {{ pages }} or {{ parent_domain(host) }} in {{ pages }})
            then null
        else {{ host }}
    end
{%- endmacro %}

{#-
    Whether those with a domain may be one company: it is not that of a mailbox provider, a social network or a site
    builder, nor a sub-domain of one, nor a placeholder like none.com. A builder's sub-domains are companies' own.
-#}
{% macro is_company_domain(domain) -%}
    {%- set parent = parent_domain(domain) -%}
    {%- set in_any_country = "regexp_replace(" ~ domain ~ ", '^([^.]+)[.](com?[.])?[a-z]{2,3}$', '\\1.*')" -%}
    {%- set free_mail = "(select mail.domain from " ~ ref('free_mail_domains') ~ " as mail)" -%}
    {%- set sites = "(select sites.site from " ~ ref('shared_sites') ~ " as sites where not sites.only_pages)" -%}
    {%- set whole = sites | replace("only_pages)", "only_pages and sites.covers_subdomains)") -%}
    {{ domain }} not in {{ free_mail }}
    and {{ parent }} not in {{ free_mail }}
    and {{ parent_domain(parent) }} not in {{ free_mail }}
    and {{ in_any_country }} not in {{ free_mail }}
    and {{ domain }} not in {{ sites }}
    and {{ parent }} not in {{ whole }}
    and (
        split_part({{ domain }}, '.', 3) != ''
        or split_part({{ domain }}, '.', 1) not in (
            select placeholders.placeholder from {{ ref('placeholder_identifiers') }} as placeholders
        )
    )
{%- endmacro %}

{#- The domain that one is part of. -#}
{% macro parent_domain(domain) -%}
    substr({{ domain }}, instr({{ domain }}, '.') + 1)
{%- endmacro %}

{#- What two hosts end on together, up to five labels; null where that is less than two, or part of an IP address. -#}
{% macro shared_domain(host, other) -%}
    case
        when
            {{ last_labels(host, 2) }} = {{ last_labels(other, 2) }}
            and not {{ regexp_full_match(host, "'[0-9.]+'") }}
            then
            case
                {%- for labels in [5, 4, 3] %}
                when {{ last_labels(host, labels) }} = {{ last_labels(other, labels) }} then {{ last_labels(host, labels) }}
                {%- endfor %}
                else {{ last_labels(host, 2) }}
            end
    end
{%- endmacro %}

{#- The last labels of a host; empty ones are in front where it has fewer. -#}
{% macro last_labels(host, labels) -%}
    {%- for label in range(labels, 0, -1) %}split_part({{ host }}, '.', -{{ label }}){{ " || '.' || " if not loop.last }}{% endfor -%}
{%- endmacro %}

{#-
    Whether a domain of two labels or more is one owner's with all that is below: acme.co.uk, and not co.uk, on which
    names are sold, nor blogspot.com, on which anyone may have a page. Null for null.
-#}
{% macro is_registrable(domain) -%}
    {%- set rules = "(select rules.suffix from " ~ ref('public_suffixes') ~ " as rules)" -%}
    {{ domain }} not in {{ rules }}
    and ('*.' || {{ parent_domain(domain) }} not in {{ rules }} or '!' || {{ domain }} in {{ rules }})
{%- endmacro %}
