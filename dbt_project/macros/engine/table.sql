{#-
    Overrides dbt-duckdb's own materialization: a table is replaced in one transaction. That one builds the table under
    another name, renames twice and drops in a second transaction. A model that fails leaves its table as it was.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {% set language = model['language'] %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation %}
        {% call statement('drop') %}
            drop {{ existing_relation.type }} {{ existing_relation }}
        {% endcall %}
    {% endif %}
    {% call statement('main', language=language) %}
        {{- create_table_as(False, target_relation, compiled_code, language) -}}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
