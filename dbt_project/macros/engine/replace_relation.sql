{#-
    Tables and views are replaced in one transaction: a model that fails leaves what was there. The materializations that
    these two override build under another name, rename twice and drop in a second transaction.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {% set target_relation = this.incorporate(type='table') %}
    {{ run_hooks(pre_hooks) }}
    {% do drop_in_transaction(load_cached_relation(this)) %}
    {# dbt runs Python only for a statement of the materialization itself. #}
    {% call statement('main', language=model['language']) %}
        {{- create_table_as(False, target_relation, compiled_code, model['language']) -}}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {% set target_relation = this.incorporate(type='view') %}
    {{ run_hooks(pre_hooks) }}
    {% do drop_in_transaction(load_cached_relation(this)) %}
    {% call statement('main') %}
        {{- get_create_view_as_sql(target_relation, compiled_code) -}}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- dbt's own `drop_relation` opens no transaction. -#}
{% macro drop_in_transaction(relation) %}
    {% if relation %}
        {% call statement('drop') %} drop {{ relation.type }} {{ relation }} {% endcall %}
    {% endif %}
{% endmacro %}
