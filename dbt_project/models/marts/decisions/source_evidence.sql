with

evidence as (
    select * from {{ ref('source_evidence_then_and_now') }}
    where not is_hindsight
),

final as (
    select
        quarter,
        source,
        attribution_model,
        months_of_evidence,
        investment,
        leads,
        customers,
        pipeline_share,
        projected_ltv,
        projected_ltv_low,
        projected_ltv_high,
        cac,
        cac_low,
        cac_high,
        cac_basis,
        cac_from,
        cac_until,
        cac_investment,
        cac_customers,
        cac_maturity_share,
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high
    from evidence
)

select * from final
