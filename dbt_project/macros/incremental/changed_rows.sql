{#-
    Whether a row of a standard entity came in a file that no finished night has seen. Literals, so that other files are
    not read.
-#}
{% macro is_new_file(entity) -%}
    {%- set checksums = [] -%}
    {%- if execute and is_incremental_run() -%}
        {%- set made_of = [] -%}
        {%- for feed in enabled_feeds() -%}
            {%- for raw_entity in feeds()[feed].get(entity, []) -%}
                {%- do made_of.append("('" ~ feed ~ "', '" ~ raw_entity ~ "')") -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set checksums = run_query(
            'select distinct checksum from run_state.new_files where (feed, entity) in (' ~ made_of | join(', ')
            ~ ') order by 1'
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if checksums -%} _checksum in ({{ quoted_list(checksums) }}) {%- else -%} false {%- endif -%}
{%- endmacro %}

{#- When tonight began: what incremental staging tables write into the rows they build. -#}
{% macro tonight() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{#- Whether a moment has come into view since the last night. -#}
{% macro is_newly_visible(moment) -%}
    {%- set previous_as_of = run_query('select previous_as_of from run_state.runs').columns[0].values()[0]
        if execute else none -%}
    ({{ moment }} > cast('{{ previous_as_of }}' as timestamp) and {{ moment }} <= {{ as_of() }})
{%- endmacro %}

{#-
    Takes the rows to be built anew out of an incremental table (a pre-hook): they are kept in `state.<table>__replaced`
    until the next night, for those who must know what was there before. Their places are looked up first, which reads
    the columns of the condition alone; then only blocks that hold any of them are read whole.
-#}
{% macro archive_and_delete(condition) %}
    {% if is_incremental() %}
        create or replace table {{ deleted_rows(this) }} as
        select *, rowid as _place from {{ this }} where rowid in (select rowid from {{ this }} where {{ condition }});
        delete from {{ this }} where rowid in (select _place from {{ deleted_rows(this) }});
    {% endif %}
{% endmacro %}

{#- The same where nobody asks what was there before. -#}
{% macro delete_changed(condition) %}
    {% if is_incremental() %}
        delete from {{ this }} where {{ condition }}
    {% endif %}
{% endmacro %}

{#- The rows that a night took out of a table. -#}
{% macro deleted_rows(relation) -%}
    run_state.{{ relation.identifier }}__replaced
{%- endmacro %}

{#- Keeps a table as the last night left it (a pre-hook), to tell what changed. -#}
{% macro snapshot_previous_run() %}
    {% if is_incremental_run() %}
        create or replace table {{ previous(this) }} as select * from {{ this }}
    {% endif %}
{% endmacro %}

{#- A table as the last night left it. -#}
{% macro previous(relation) -%}
    run_state.{{ relation.identifier }}__previous
{%- endmacro %}

{#- Rows that are only in the table as it was or only in the table as it is. -#}
{% macro row_diff(relation) -%}
    (
        (select * from {{ previous(relation) }} except select * from {{ relation }})
        union all
        (select * from {{ relation }} except select * from {{ previous(relation) }})
    )
{%- endmacro %}
