{#-
    Decides whether this run is a full refresh or incremental (on-run-start).

    `run_state.runs` holds one row: what the warehouse was last built from, and whether that run finished. A run is a
    full refresh where asked for (--full-refresh), and where an incremental run could give something else than a
    rebuild: after a run that did not finish, when a var, seed or model changed (LSW_FINGERPRINT, set by the
    orchestrator; without it, as in a run by hand, always), when `as_of` went back, when a loaded file is gone, when
    the first web session arrives in a warehouse whose sessions come from events, and where a table is missing. Reads
    raw: it runs before staging is built.
-#}
{% macro start_run() %}
    {% if execute and builds_the_warehouse() %}
        {% set ledger = source('load_log', 'load_ledger') %}
        {% do run_query('create schema if not exists run_state') %}
        {% do create_table('run_state.runs', {
            'fingerprint': 'varchar', 'as_of': 'timestamp', 'has_web_sessions': 'boolean',
            'markov_refreshed_as_of': 'timestamp', 'is_finished': 'boolean',
        }) %}
        {% do create_table(
            'run_state.processed_files', {'feed': 'varchar', 'entity': 'varchar', 'checksum': 'varchar'}
        ) %}
        {% do run_query(replace_table(
            'run_state.new_files',
            'select feed, entity, checksum from ' ~ ledger
            ~ ' except select feed, entity, checksum from run_state.processed_files'
        )) %}
        {% set tables = [] %}
        {% for node in graph.nodes.values() if is_incremental_model(node) %}
            {% do tables.append(node.schema ~ '.' ~ node.alias) %}
        {% endfor %}
        {% for table in graph.sources.values() if table.source_name == 'previous_run' %}
            {% do tables.append(table.schema ~ '.' ~ table.identifier) %}
        {% endfor %}
        {% set this_run %}
            select
                '{{ env_var("LSW_FINGERPRINT", "unknown") }}' as fingerprint,
                {{ as_of() }} as as_of,
                exists (
                    select 1 from {{ source('standard', 'web_sessions') }}
                    where {{ moment('started_at', start=true) }} <= {{ as_of() }}
                ) as has_web_sessions,
                {{ has_tables(tables) }} as has_every_table,
                (
                    select count(*) = 0 from (
                        select feed, entity, checksum from run_state.processed_files
                        except
                        select feed, entity, checksum from {{ ledger }}
                    ) as gone
                ) as has_every_file
        {% endset %}
        {% set decision %}
            with this_run as ({{ this_run }}),
            compared as (
                select
                    this_run.fingerprint,
                    this_run.as_of,
                    this_run.has_web_sessions,
                    previous_run.as_of as previous_as_of,
                    previous_run.markov_refreshed_as_of as previous_markov_refreshed_as_of,
                    coalesce(
                        {{ 'false' if flags.FULL_REFRESH else 'previous_run.is_finished' }}
                        and previous_run.fingerprint = this_run.fingerprint
                        and this_run.fingerprint != 'unknown'
                        and previous_run.as_of <= this_run.as_of
                        and previous_run.has_web_sessions = this_run.has_web_sessions
                        and this_run.has_every_table
                        and this_run.has_every_file,
                        false
                    ) as is_incremental_run
                from this_run
                left join (select * from run_state.runs) as previous_run on true
            ),
            timed as (
                select
                    *,
                    not is_incremental_run
                    or cast(as_of as date) >= cast(previous_markov_refreshed_as_of as date) + {{ var('markov_refresh_days') }}
                        as is_markov_refresh_due
                from compared
            )
            select
                fingerprint,
                as_of,
                has_web_sessions,
                previous_as_of,
                is_incremental_run,
                is_markov_refresh_due,
                case when is_markov_refresh_due then as_of else previous_markov_refreshed_as_of end as markov_refreshed_as_of,
                false as is_finished
            from timed
        {% endset %}
        {% do run_query(replace_table('run_state.runs', decision)) %}
    {% endif %}
{% endmacro %}
