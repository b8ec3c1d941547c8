{#- Counts the rows that have nobody in any of the columns: consent was refused, and staging leaves them out. -#}
{% test names_a_visitor(model, columns) %}
    select *
    from {{ model }}
    where {{ columns | join(' is null and ') }} is null
{% endtest %}
