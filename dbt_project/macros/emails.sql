{#- Salted hash of an e-mail in lower case: models after staging have no other form of it. -#}
{% macro hashed_email(email) -%}
    {{ salted_hash("nullif(lower(trim(" ~ email ~ ")), '')") }}
{%- endmacro %}

{#- The domain of an e-mail, which may name a company. -#}
{% macro email_domain(email) -%}
    nullif(split_part(lower(trim({{ email }})), '@', 2), '')
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
