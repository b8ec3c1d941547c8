{#-
    Conditions of a QUALIFY clause over rows of money: rows of one file that share a key add up, unlike records, of which
    newest_version takes the last.
-#}

{#- Whether a row is of the newest file that has its key. -#}
{% macro in_newest_file(key) -%}
    rank() over (
        partition by {{ key | join(', ') }}
        order by _landed_at desc nulls last, _file desc nulls last, _checksum desc nulls last
    ) = 1
{%- endmacro %}

{#-
    Whether a row is the first of the rows of its file that are alike in the columns and in those that the contract
    lacks, but for the connector's own, like `_fivetran_synced`.
-#}
{% macro first_of_alike(columns) -%}
    row_number() over (
        partition by _landed_at, _file, _checksum, {{ columns | join(', ') }}, {{ without_bookkeeping('extra') }}
        order by file_row_number
    ) = 1
{%- endmacro %}
