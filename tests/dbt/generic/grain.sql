{#-
    The grain of a model and what its columns may hold. Fails for each combination of `columns` that more than one row
    has, for nulls in `columns` and `required`, and for values that `accepted` (column: values) does not list.
-#}
{% test grain(model, columns=[], required=[], accepted={}) %}
    {%- set checks = [] %}
    {%- for column in columns + required %}
        {%- do checks.append((column ~ ' is null', column ~ ' is null')) %}
    {%- endfor %}
    {%- for column, values in accepted.items() %}
        {%- do checks.append((column ~ ' is not accepted', column ~ " not in ('" ~ values | join("', '") ~ "')")) %}
    {%- endfor %}
    {%- for problem, condition in checks %}
    select
        '{{ problem }}' as problem,
        count(*) as row_count
    from {{ model }}
    where {{ condition }}
    having count(*) > 0
    {{- ' union all' if columns or not loop.last }}
    {%- endfor %}
    {%- if columns %}
    select
        'rows of one key' as problem,
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
    {%- endif %}
{% endtest %}
