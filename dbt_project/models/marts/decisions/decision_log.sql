-- Hindsight judges the same quarter by the same rule, with what is known now.
with

recorded as (
    select * from {{ ref('recorded_decisions') }}
    where {{ next_quarter('quarter') }} <= {{ as_of_date() }}
),

hindsight_verdicts as (
    select * from {{ ref('source_verdicts_then_and_now') }}
    where is_hindsight
),

hindsight_evidence as (
    select * from {{ ref('source_evidence_then_and_now') }}
    where is_hindsight
),

compared as (
    select
        recorded.*,
        hindsight_verdicts.recommendation as hindsight_verdict,
        hindsight_verdicts.reason_code as hindsight_reason_code,
        hindsight_verdicts.recommendation_reason as hindsight_reason,
        hindsight_verdicts.recommendation_reason_fr as hindsight_reason_fr,
        {%- for figure in ['cac', 'projected_ltv'] %}
        hindsight_evidence.{{ figure }} as hindsight_{{ figure }},
        hindsight_evidence.{{ figure }}_low as hindsight_{{ figure }}_low,
        hindsight_evidence.{{ figure }}_high as hindsight_{{ figure }}_high,
        {%- endfor %}
        hindsight_evidence.ltv_cac_ratio as hindsight_ltv_cac_ratio,
        hindsight_evidence.ltv_cac_low as hindsight_ltv_cac_low,
        hindsight_evidence.ltv_cac_high as hindsight_ltv_cac_high
    from recorded
    left join hindsight_verdicts
        on
            recorded.quarter = hindsight_verdicts.quarter
            and recorded.source = hindsight_verdicts.source
            and recorded.attribution_model = hindsight_verdicts.attribution_model
    left join hindsight_evidence
        on
            recorded.quarter = hindsight_evidence.quarter
            and recorded.source = hindsight_evidence.source
            and recorded.attribution_model = hindsight_evidence.attribution_model
),

-- A decision about an unclear source is the same whatever comes, and says nothing of the method.
judged as (
    select
        *,
        case
            when
                {{ next_quarter('quarter') }} + interval 3 month * {{ var('hindsight_quarters') }} <= {{ as_of_date() }}
                and reason_code != 'unclear_source'
                and verdict != 'insufficient_data'
                and hindsight_verdict != 'insufficient_data'
                then hindsight_verdict = verdict
        end as verdict_held
    from compared
),

final as (
    select
        quarter,
        source,
        attribution_model,
        verdict,
        reason_code,
        verdict_reason,
        verdict_reason_fr,
        months_of_evidence,
        investment,
        customers,
        cac,
        cac_low,
        cac_high,
        projected_ltv,
        projected_ltv_low,
        projected_ltv_high,
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high,
        decided_at,
        is_backfilled,
        hindsight_verdict,
        hindsight_reason_code,
        hindsight_reason,
        hindsight_reason_fr,
        hindsight_cac,
        hindsight_cac_low,
        hindsight_cac_high,
        hindsight_projected_ltv,
        hindsight_projected_ltv_low,
        hindsight_projected_ltv_high,
        hindsight_ltv_cac_ratio,
        hindsight_ltv_cac_low,
        hindsight_ltv_cac_high,
        verdict_held,
        case
            when verdict_held is not null
                then
                    (verdict = 'double' and hindsight_verdict = 'stop')
                    or (verdict = 'stop' and hindsight_verdict = 'double')
        end as verdict_reversed
    from judged
)

select * from final
