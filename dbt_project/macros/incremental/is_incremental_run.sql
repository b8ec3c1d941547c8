{#-
    Whether tonight's models look at changes only (see start_run); false when compiling, linting and unit testing.
    True while parsing, so that dbt sees what a partial night depends on.
-#}
{% macro is_incremental_run() %}
    {% if not execute %}
        {{ return(true) }}
    {% endif %}
    {% if flags.WHICH not in ('build', 'run') or model.resource_type == 'unit_test' %}
        {{ return(false) }}
    {% endif %}
    {{ return(adapter.dispatch('is_incremental_run')()) }}
{% endmacro %}

{% macro default__is_incremental_run() %}
    {{ return(false) }}
{% endmacro %}

{% macro duckdb__is_incremental_run() %}
    {{ return(run_query('select is_incremental_run from run_state.runs').columns[0].values()[0]) }}
{% endmacro %}

{#-
    Overrides dbt's own: incremental tables and seeds are built anew on a whole night, whatever the flags say. A seed whose
    columns changed cannot be filled otherwise.
-#}
{% macro should_full_refresh() %}
    {% set asked_for = config.get('full_refresh') %}
    {% if asked_for is not none %}
        {{ return(asked_for) }}
    {% endif %}
    {{ return(flags.FULL_REFRESH or (model.config.materialized in ('incremental', 'seed') and not is_incremental_run())) }}
{% endmacro %}

{#- Whether the removal effects behind credit_markov are estimated tonight (var `markov_refresh_days`). -#}
{% macro is_markov_refresh_due() %}
    {% if not execute or not is_incremental_run() %}
        {{ return(true) }}
    {% endif %}
    {{ return(run_query('select is_markov_refresh_due from run_state.runs').columns[0].values()[0]) }}
{% endmacro %}
