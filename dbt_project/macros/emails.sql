{#- An e-mail crosses into the models only as a salted hash of its normal form. -#}
{% macro hashed_email(email) -%}
    {{ salted_hash("nullif(lower(trim(" ~ email ~ ")), '')") }}
{%- endmacro %}

{#- The domain of an e-mail, which may name a company. -#}
{% macro email_domain(email) -%}
    nullif(split_part(lower(trim({{ email }})), '@', 2), '')
{%- endmacro %}

{#- Null stays null. The salt keeps the hash from being looked up in a list of known e-mails. -#}
{% macro salted_hash(text) -%}
    md5({{ text_literal(env_var("LSW_SALT", "") or "development-salt") }} || {{ text }})
{%- endmacro %}

{% macro quoted_list(values) -%}
    {%- for value in values -%}{{ text_literal(value) }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{#- Text from a setting as SQL, whatever is in it. -#}
{% macro text_literal(text) -%}
    '{{ text | string | replace("'", "''") }}'
{%- endmacro %}
