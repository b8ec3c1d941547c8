{#-
    Makes each raw entity an ordinary relation `raw.<feed>__<entity>`, so that source() is the same on every engine.
    DuckDB: a view over the entity's Parquet files. `file_row_number` is the row's place in its file. The columns that
    the source lists as `identifiers` are read by clean_identifier: of files loaded long ago, too.
-#}
{% macro register_raw_entities() %}
    {{ return(adapter.dispatch('register_raw_entities')()) }}
{% endmacro %}

{% macro duckdb__register_raw_entities() %}
    {% if execute and flags.WHICH in ('build', 'run', 'test') and target.name != 'lint' %}
        {#- DuckDB would take [, * and ? in a path for a pattern of names. -#}
        {% set home = env_var('LSW_HOME', 'var') | replace('[', '[[]') | replace('*', '[*]') %}
        {% set raw = home | replace("'", "''") ~ '/raw' %}
        {% do run_query('create schema if not exists ' ~ target.database ~ '.raw') %}
        {% for source in graph.sources.values() if source.schema == 'raw' %}
            {% set cleaned = [] %}
            {% for column in source.config.meta.get('identifiers', []) %}
                {% do cleaned.append(clean_identifier(column) ~ ' as ' ~ column) %}
            {% endfor %}
            {% set columns = '* replace (' ~ cleaned | join(', ') ~ ')' if cleaned else '*' %}
            {% do run_query(
                "create or replace view " ~ source.relation_name ~ " as select " ~ columns ~ " from read_parquet('"
                ~ raw ~ "/" ~ source.source_name ~ "/" ~ source.name
                ~ "/*.parquet', union_by_name = true, file_row_number = true)"
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#- A table over the files, as only a table reads columns that some files lack, and a view that adds each row's place. -#}
{% macro spark__register_raw_entities() %}
    {% if execute and flags.WHICH in ('build', 'run', 'test') %}
        {% do run_query('create schema if not exists raw') %}
        {% do run_query('create schema if not exists run_state') %}
        {% for source in graph.sources.values() if source.schema == 'raw' %}
            {% set files, relation = 'raw.' ~ source.identifier ~ '__files', 'raw.' ~ source.identifier %}
            {% do run_query('drop table if exists ' ~ files) %}
            {% do run_query(
                'create table ' ~ files ~ " using parquet options (mergeSchema 'true') location '"
                ~ env_var('LSW_HOME', 'var') ~ '/raw/' ~ source.source_name ~ '/' ~ source.name ~ "'"
            ) %}
            {% set identifiers, cleaned = source.config.meta.get('identifiers', []), [] %}
            {% for column in identifiers %}
                {% do cleaned.append(', ' ~ clean_identifier(column) ~ ' as ' ~ column) %}
            {% endfor %}
            {% set others = '* exclude (' ~ identifiers | join(', ') ~ ')' if identifiers else '*' %}
            {% do run_query('create or replace view ' ~ relation ~ ' as ' ~ adapter.transpile(
                'select ' ~ others ~ cleaned | join ~ ', _metadata.row_index as file_row_number from ' ~ files
            )) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#-
    An id as its owner wrote it: without invisible characters, and 306.0, as a whole number leaves a table that allows
    empty ones, is 306. 1.5E3 stays: digits may be lost. Only few ids are not plain, and these alone are rewritten.
-#}
{% macro clean_identifier(column) -%}
    case
        when length({{ column }}) != strlen({{ column }}) or contains({{ column }}, '.0')
            then coalesce(
                nullif(regexp_replace(trim({{ visible(column) }}), '^(-?[0-9]+)[.]0+$', '\1'), ''), '-'
            )
        else {{ column }}
    end
{%- endmacro %}

{#- Text without characters that have no width, like byte-order marks, and with plain spaces in place of others. -#}
{% macro visible(text) -%}
    regexp_replace(
        regexp_replace({{ text }}, '[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]', '', 'g'),
        '\p{Z}', ' ', 'g'
    )
{%- endmacro %}
