with

dependence as (
    select * from {{ ref('source_dependence') }}
    where measure = 'pipeline' and dimension = 'source'
),

final as (
    select
        window_end,
        value as source,
        amount as pipeline,
        share as pipeline_share,
        herfindahl
    from dependence
)

select * from final
