{#-
    Whether a row of a standard entity came in a file that no finished run has seen. Literals, so that other files are
    not read. True on a full refresh.
-#}
{% macro is_new_file(entity) -%}
    {%- if not execute or not is_incremental_run() -%}
    true
    {%- else -%}
        {%- set raw_entities = [] -%}
        {%- for feed in enabled_feeds() -%}
            {%- for raw_entity in feeds()[feed].get(entity, []) -%}
                {%- do raw_entities.append("('" ~ feed ~ "', '" ~ raw_entity ~ "')") -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set checksums = run_query(
            'select distinct checksum from run_state.new_files where (feed, entity) in (' ~ raw_entities | join(', ')
            ~ ') order by 1'
        ).columns[0].values() -%}
    {%- if checksums -%} _checksum in ({{ quoted_list(checksums) }}) {%- else -%} false {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- When this run started: what incremental models write into the rows they build (`_built_at`). -#}
{% macro this_run() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{#- Whether a time lies between the `as_of` of the previous run and this one's. False on a full refresh. -#}
{% macro is_newly_visible(moment) -%}
    {%- if execute and is_incremental_run() -%}
    {%- set previous_as_of = run_query('select previous_as_of from run_state.runs').columns[0].values()[0] -%}
    ({{ moment }} > cast('{{ previous_as_of }}' as timestamp) and {{ moment }} <= {{ as_of() }})
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}
