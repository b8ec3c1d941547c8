with

final as (
    {%- for feed, entity in raw_entities() %}
    select
        '{{ feed }}' as feed,
        '{{ entity }}' as entity,
        count(*) as raw_rows
    from {{ source(feed, entity) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from final
