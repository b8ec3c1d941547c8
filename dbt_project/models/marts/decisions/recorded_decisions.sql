-- A log: a verdict is added by the first run after its quarter, is never changed, and is kept on a full refresh. What a
-- run that did not pass has added is decided again (macro finish_run).
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{% if is_incremental() %} {{ delete_rows(this, 'not is_final') }} {% endif %}"
) }}
with

verdicts as (
    select * from {{ ref('source_verdicts') }}
    where {{ next_quarter('quarter') }} <= {{ as_of_date() }}
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

final as (
    select
        verdicts.quarter,
        verdicts.source,
        verdicts.attribution_model,
        verdicts.recommendation as verdict,
        verdicts.reason_code,
        verdicts.recommendation_reason as verdict_reason,
        verdicts.recommendation_reason_fr as verdict_reason_fr,
        evidence.months_of_evidence,
        evidence.investment,
        evidence.customers,
        evidence.cac,
        evidence.cac_low,
        evidence.cac_high,
        evidence.projected_ltv,
        evidence.projected_ltv_low,
        evidence.projected_ltv_high,
        evidence.ltv_cac_ratio,
        evidence.ltv_cac_low,
        evidence.ltv_cac_high,
        {{ as_of() }} as decided_at,
        {{ next_quarter(next_quarter('verdicts.quarter')) }} <= {{ as_of_date() }} as is_backfilled,
        false as is_final
    from verdicts
    inner join evidence
        on
            verdicts.quarter = evidence.quarter
            and verdicts.source = evidence.source
            and verdicts.attribution_model = evidence.attribution_model
    {%- if is_incremental() %}
    left join {{ this }} as recorded
        on
            verdicts.quarter = recorded.quarter
            and verdicts.source = recorded.source
            and verdicts.attribution_model = recorded.attribution_model
    where recorded.quarter is null
    {%- endif %}
)

select * from final
