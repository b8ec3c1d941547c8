{#-
    The grain of a model and what its columns may hold. Fails for

    - rows that share a key: the values of `columns` and `nullable`, or a value of one of the columns in `unique`;
    - nulls in `columns` and `required`. In `nullable`, null is a value like any other;
    - values that `accepted` (column: values) does not list;
    - `foreign_keys` (`column`, `to` a model, `field` its key) that name no row of the model. Null names nothing, and
      `where` says which rows have the key at all.

    Nulls and values are counted in one scan, so that a view is computed once for all of them.
-#}
{% test grain(model, columns=[], nullable=[], required=[], unique=[], accepted={}, foreign_keys=[]) %}
    {%- set problems = [] %}
    {%- for column in columns + required %}
        {%- do problems.append((column ~ ' is null', column ~ ' is null')) %}
    {%- endfor %}
    {%- for column, values in accepted.items() %}
        {%- do problems.append((column ~ ' is not accepted', column ~ ' not in (' ~ quoted_list(values) ~ ')')) %}
    {%- endfor %}
    {%- set keys = ([columns + nullable] if columns + nullable else []) %}
    {%- for column in unique %}
        {%- do keys.append([column]) %}
    {%- endfor %}
    with

    scanned as (
        select
            {%- for problem, condition in problems %}
            count(case when {{ condition }} then 1 end) as problem_{{ loop.index }},
            {%- endfor %}
            count(*) as row_count
        from {{ model }}
    ),

    found as (
        {%- for problem, condition in problems %}
        select
            '{{ problem }}' as problem,
            problem_{{ loop.index }} as row_count
        from scanned
        union all
        {%- endfor %}
        {%- for key in keys %}
        select
            'rows of one {{ key | join(", ") }}' as problem,
            count(*) as row_count
        from {{ model }}
        group by {{ key | join(', ') }}
        having count(*) > 1
        union all
        {%- endfor %}
        {%- for key in foreign_keys %}
        select
            '{{ key.column }} names no row' as problem,
            count(*) as row_count
        from {{ model }} as child
        left join {{ key.to }} as parent on child.{{ key.column }} = parent.{{ key.field }}
        where child.{{ key.column }} is not null and parent.{{ key.field }} is null and {{ key.where or 'true' }}
        union all
        {%- endfor %}
        select
            'none' as problem,
            0 as row_count
    )

    select * from found
    where row_count > 0
{% endtest %}
