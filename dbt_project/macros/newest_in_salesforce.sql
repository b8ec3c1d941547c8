{#-
    One row per record of a Salesforce table, in its newest version, with `is_gone`: it is deleted, or, in a table that
    keeps history, has no active version any more.
-#}
{% macro newest_in_salesforce(table) -%}
    select
        *,
        coalesce(is_deleted, false)
        or (
            not coalesce(_fivetran_active, true)
            and coalesce(try_cast(_fivetran_end as timestamp), _landed_at) <= {{ as_of() }}
        ) as is_gone
    from {{ source('salesforce', table) }}
    {{ newest_version(['id'], 'coalesce(_fivetran_start, system_modstamp, last_modified_date, _landed_at)') }}
{%- endmacro %}
