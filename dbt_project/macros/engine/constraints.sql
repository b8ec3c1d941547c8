{#-
    The constraints of contracts. An attached database keeps `not null` alone: a DuckLake has no others, and PostgreSQL
    would need checks in its own SQL. The others are checked by a query when the table is built, in the same transaction
    (`check_constraints`, a post-hook of marts).
-#}

{#- Overrides dbt's own: columns with their types and the constraints that the engine keeps. -#}
{% macro duckdb__get_table_columns_and_constraints() %}
    {% if not duckdb__is_attached(this) %}
        {{ return(table_columns_and_constraints()) }}
    {% endif %}
    {% set not_null = [] %}
    {% for constraint in model.constraints if constraint.type == 'primary_key' %}
        {% do not_null.extend(constraint.columns) %}
    {% endfor %}
    {% for column in model.columns.values() if column.constraints | selectattr('type', 'eq', 'not_null') | list %}
        {% do not_null.append(column.name) %}
    {% endfor %}
    (
        {%- for column in model.columns.values() %}
        {{ column.name }} {{ column.data_type }}{{ ' not null' if column.name in not_null }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{% endmacro %}

{#- A query that fails where rows break a constraint that the engine does not keep; empty where it keeps all. -#}
{% macro default__check_constraints() %}
{% endmacro %}

{% macro duckdb__check_constraints() %}
    {% if duckdb__is_attached(this) %}
        {% set broken = [] %}
        {% for constraint in model.constraints if constraint.type in ('primary_key', 'unique') %}
            {% set key = constraint.columns | join(', ') %}
            {% do broken.append(
                "select 'rows of one " ~ key ~ "' as problem from " ~ this ~ ' group by ' ~ key ~ ' having count(*) > 1'
            ) %}
        {% endfor %}
        {% for column in model.columns.values() %}
            {% for constraint in column.constraints if constraint.type == 'check' %}
                {% do broken.append(
                    'select $$not ' ~ constraint.expression ~ '$$ as problem from ' ~ this
                    ~ ' where not (' ~ constraint.expression ~ ')'
                ) %}
            {% endfor %}
        {% endfor %}
        {% if broken %}
            select case when count(*) > 0 then error('{{ this.identifier }} breaks its contract: ' || min(problem)) end
            from ({{ broken | join(' union all ') }}) as broken
        {% endif %}
    {% endif %}
{% endmacro %}
