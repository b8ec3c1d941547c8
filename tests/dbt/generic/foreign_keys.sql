{#-
    Values of key columns that name no row of another model: `keys` lists column, `to` (a model) and `field` (its key). Null
    names nothing. `where` says which rows have a key at all.
-#}
{% test foreign_keys(model, keys) %}
    {%- for key in keys %}
    select
        '{{ key.column }}' as column_name,
        child.{{ key.column }} as missing_value,
        count(*) as row_count
    from {{ model }} as child
    left join {{ key.to }} as parent on child.{{ key.column }} = parent.{{ key.field }}
    where child.{{ key.column }} is not null and parent.{{ key.field }} is null and {{ key.where or 'true' }}
    group by child.{{ key.column }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
{% endtest %}
