{#-
    Which night this is: a whole one, that builds everything anew, or a partial one, that builds only what changed.

    Runs first (on-run-start). `run_state.runs` holds one row: what the warehouse was last built from and whether that
    night was finished. Everything is built anew where asked for (--full-refresh), and where building on what is there
    could differ from building anew: after a night that did not finish, when a rule, var, seed or model changed
    (LSW_FINGERPRINT, set by the orchestrator; a run by hand without it knows of no rules), when `as_of` went back, when
    a loaded file is gone, when the first web session arrives in a warehouse that made its sessions from events, and
    where a table is missing.
-#}
{% macro start_run() %}
    {{ return(adapter.dispatch('start_run')()) }}
{% endmacro %}

{% macro default__start_run() %}
{% endmacro %}

{% macro duckdb__start_run() %}
    {% if execute and builds_the_warehouse() %}
        {% do run_query('create schema if not exists run_state') %}
        {% do run_query(
            'create table if not exists run_state.runs (fingerprint varchar, as_of timestamp, has_web_sessions boolean,'
            ~ ' markov_refreshed_as_of timestamp, is_finished boolean)'
        ) %}
        {% do run_query(
            'create table if not exists run_state.processed_files (feed varchar, entity varchar, checksum varchar)'
        ) %}
        {% do run_query(
            'create or replace table run_state.new_files as select feed, entity, checksum from raw.load_log__load_ledger'
            ~ ' except select feed, entity, checksum from run_state.processed_files'
        ) %}
        {% set tables = [] %}
        {% for node in graph.nodes.values() if is_incremental_model(node) %}
            {% do tables.append("'" ~ node.schema ~ '.' ~ node.alias ~ "'") %}
        {% endfor %}
        {% set night %}
            select
                '{{ env_var("LSW_FINGERPRINT", "unknown") }}' as fingerprint,
                {{ as_of() }} as as_of,
                exists (select 1 from raw.standard__web_sessions where started_at <= {{ as_of() }}) as has_web_sessions,
                (
                    select count(*) = {{ tables | length }} from information_schema.tables
                    where table_schema || '.' || table_name in ({{ tables | join(', ') }})
                ) as has_every_table,
                (
                    select count(*) = 0 from (
                        select feed, entity, checksum from run_state.processed_files
                        except
                        select feed, entity, checksum from raw.load_log__load_ledger
                    ) as gone
                ) as has_every_file
        {% endset %}
        {% set plan %}
            create or replace table run_state.runs as
            with tonight as ({{ night }}),
            compared as (
                select
                    tonight.fingerprint,
                    tonight.as_of,
                    tonight.has_web_sessions,
                    before.as_of as previous_as_of,
                    before.markov_refreshed_as_of as previous_markov_refreshed_as_of,
                    coalesce(
                        {{ 'false' if flags.FULL_REFRESH else 'before.is_finished' }}
                        and before.fingerprint = tonight.fingerprint
                        and tonight.fingerprint != 'unknown'
                        and before.as_of <= tonight.as_of
                        and before.has_web_sessions = tonight.has_web_sessions
                        and tonight.has_every_table
                        and tonight.has_every_file,
                        false
                    ) as is_incremental_run
                from tonight
                left join (select * from run_state.runs) as before on true
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
        {% do run_query(plan) %}
    {% endif %}
{% endmacro %}
