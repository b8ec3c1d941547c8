with

verdicts as (
    select * from {{ ref('source_verdicts_then_and_now') }}
    where not is_hindsight
),

final as (
    select
        quarter,
        source,
        attribution_model,
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high,
        weakest_step,
        reason_code,
        recommendation,
        recommendation_reason,
        recommendation_reason_fr
    from verdicts
)

select * from final
