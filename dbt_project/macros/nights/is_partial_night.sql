{#-
    Whether tonight's models look at changes only (see begin_night); false when compiling, linting and unit testing.
    True while parsing, so that dbt sees what a partial night depends on.
-#}
{% macro is_partial_night() %}
    {% if not execute %}
        {{ return(true) }}
    {% endif %}
    {% if flags.WHICH not in ('build', 'run') or model.resource_type == 'unit_test' %}
        {{ return(false) }}
    {% endif %}
    {{ return(adapter.dispatch('is_partial_night')()) }}
{% endmacro %}

{% macro default__is_partial_night() %}
    {{ return(false) }}
{% endmacro %}

{% macro duckdb__is_partial_night() %}
    {{ return(run_query('select is_partial from state.nights').columns[0].values()[0]) }}
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
    {{ return(flags.FULL_REFRESH or (model.config.materialized in ('incremental', 'seed') and not is_partial_night())) }}
{% endmacro %}

{#- Whether the removal effects behind credit_markov are estimated tonight (var `markov_refresh_days`). -#}
{% macro effects_are_due() %}
    {% if not execute or not is_partial_night() %}
        {{ return(true) }}
    {% endif %}
    {{ return(run_query('select are_effects_due from state.nights').columns[0].values()[0]) }}
{% endmacro %}
