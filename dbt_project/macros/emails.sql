{#-
    The first address in a text, in lower case: without `mailto:`, a name, quotes or brackets around it. Null where there
    is none: an address has an `@` and a dot after it.
-#}
{% macro email_address(text) -%}
    {%- set sign = '[^\\s\\p{Z}<>"(),;:@|/\\\\\\[\\]' -%}
    {%- set label = sign ~ "'?.]+" -%}
    {%- set address = sign ~ "'?]" ~ sign ~ ']*@(?:' ~ label ~ '[.])+' ~ label -%}
    nullif(regexp_extract(
        lower(replace({{ visible(text) }}, '%40', '@')), {{ text_literal(address) }}
    ), '')
{%- endmacro %}

{#- Salted hash of an e-mail address: models after staging have no other form of it. -#}
{% macro hashed_email(email) -%}
    {{ salted_hash(email_address(email)) }}
{%- endmacro %}

{#- The domain of an e-mail address, which may name a company. -#}
{% macro email_domain(email) -%}
    nullif(split_part({{ email_address(email) }}, '@', 2), '')
{%- endmacro %}

{#-
    An e-mail address as an identifier: its hash; after `role_mailbox:` where many read it (seed role_mailboxes) and so,
    unless the var says otherwise, it links no persons. None where both its parts are placeholders (none@none.com).
-#}
{% macro email_identifier(email) -%}
    {%- set local_part = "split_part(" ~ email_address(email) ~ ", '@', 1)" -%}
    {%- set mailbox = "split_part(" ~ local_part ~ ", '+', 1)" -%}
    {%- set first_label = "split_part(" ~ email_domain(email) ~ ", '.', 1)" -%}
    {%- set placeholders = "(select placeholder from " ~ ref('placeholder_identifiers') ~ ")" -%}
    case
        when {{ local_part }} in {{ placeholders }} and {{ first_label }} in {{ placeholders }} then null
        {%- if not var('merge_people_on_role_mailboxes') %}
        when
            {{ regexp_replace_all(mailbox, "'[._0-9-]'", "''") }}
            in (select role_mailboxes.mailbox from {{ ref('role_mailboxes') }} as role_mailboxes)
            then 'role_mailbox:' || {{ hashed_email(email) }}
        {%- endif %}
        else {{ hashed_email(email) }}
    end
{%- endmacro %}

{#- Salted hash; null stays null. The salt prevents a look-up in hashes of known e-mails. -#}
{% macro salted_hash(text) -%}
    md5({{ text_literal(env_var("LSW_SALT", "") or "development-salt") }} || {{ text }})
{%- endmacro %}

{#- Texts of a setting as SQL literals, for an IN list. -#}
{% macro quoted_list(values) -%}
    {%- for value in values -%}{{ text_literal(value) }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{#- Text of a setting as a quoted SQL literal. -#}
{% macro text_literal(text) -%}
    '{{ text | string | replace("'", "''") }}'
{%- endmacro %}
