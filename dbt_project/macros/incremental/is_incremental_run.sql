{#-
    Whether this run builds on the previous one (see start_run). False when compiling, linting and unit testing. A model
    without a table of its own at stake uses it as a constant condition: `where {{ is_incremental_run() }} and ...`.
-#}
{% macro is_incremental_run() %}
    {% if not execute %}
        {{ return(true) }}
    {% endif %}
    {% if flags.WHICH not in ('build', 'run') or model.resource_type == 'unit_test' %}
        {{ return(false) }}
    {% endif %}
    {{ return(run_query('select is_incremental_run from run_state.runs').columns[0].values()[0]) }}
{% endmacro %}

{#-
    Overrides dbt's own: a full refresh rebuilds incremental tables and seeds, whatever the flags say. A seed whose
    columns changed cannot be filled otherwise.
-#}
{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {% if configured is not none %}
        {{ return(configured) }}
    {% endif %}
    {{ return(flags.FULL_REFRESH or (model.config.materialized in ('incremental', 'seed') and not is_incremental_run())) }}
{% endmacro %}

{#- Whether this run estimates the effects behind credit_markov and credit_uplift (var `markov_refresh_days`). -#}
{% macro is_markov_refresh_due() %}
    {% if not execute or not is_incremental_run() %}
        {{ return(true) }}
    {% endif %}
    {{ return(run_query('select is_markov_refresh_due from run_state.runs').columns[0].values()[0]) }}
{% endmacro %}

{#- Overrides dbt's own, which takes a view, as an incremental model is on Spark, for no table to build on. -#}
{% macro is_incremental() %}
    {% if not execute or model.config.materialized != 'incremental' %}
        {{ return(false) }}
    {% endif %}
    {% set existing = load_relation(this) %}
    {{ return(existing is not none and not should_full_refresh()) }}
{% endmacro %}
