-- What the report can be filtered to: everything, a category, a source type, both, or a source.
with

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

final as (
    select 'all' as category, 'all' as source_type, 'all' as source, source as member
    from catalogue
    union all
    select category, 'all' as source_type, 'all' as source, source as member
    from catalogue
    union all
    select 'all' as category, source_type, 'all' as source, source as member
    from catalogue
    union all
    select category, source_type, 'all' as source, source as member
    from catalogue
    union all
    select category, source_type, source, source as member
    from catalogue
)

select * from final
