with

final as (
    select
        source,
        source_label,
        source_label_fr,
        source_type,
        category,
        is_paid,
        is_unclear
    from {{ ref('source_catalogue') }}
)

select * from final
