with

cac_ltv as (
    select * from {{ ref('fct_source_cac_ltv') }}
    where ltv_cac_ratio is not null
),

-- By the low end of the interval; sources without an interval come last.
final as (
    select
        attribution_model,
        cast(
            row_number() over (
                partition by attribution_model
                order by ltv_cac_low desc nulls last, round(ltv_cac_ratio, 6) desc, source asc
            ) as integer
        ) as rank,
        source,
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high
    from cac_ltv
)

select * from final
