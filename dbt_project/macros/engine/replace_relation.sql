{#-
    Tables and views are replaced in one transaction: a model that fails leaves what was there. The materializations that
    these two override build under another name, rename twice and drop in a second transaction. A table whose SQL selects
    from the table itself stays as it is.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set is_kept = existing_relation and model['language'] == 'sql' and this | string in compiled_code %}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation and not is_kept %}
        {% call statement('drop') %} drop {{ existing_relation.type }} {{ existing_relation }} {% endcall %}
    {% endif %}
    {% call statement('main', language=model['language']) %}
        {%- if is_kept %} select 1 {% else %}
        {{- create_table_as(False, target_relation, compiled_code, model['language']) -}}
        {%- endif -%}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='view') %}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation %}
        {% call statement('drop') %} drop {{ existing_relation.type }} {{ existing_relation }} {% endcall %}
    {% endif %}
    {% call statement('main') %}
        {{- get_create_view_as_sql(target_relation, compiled_code) -}}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
