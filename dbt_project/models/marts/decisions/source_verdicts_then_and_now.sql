-- The CASE below is the decision rule: the first reason that holds decides, and each reason has one recommendation. The
-- sentences are in seeds/recommendation_texts.csv; their placeholders are filled with the figures they rest on.
{%- set break_even, healthy = var('ltv_cac_break_even'), var('ltv_cac_healthy') %}
{%- set window = 'part_window' if var('recommendation_window_quarters') != 1 else 'part_window_of_one_quarter' %}
{#- Those without decimals are filled in first, as one expression of all would be nested too deep. -#}
{%- set counts = {
    'quarters': "'" ~ var('recommendation_window_quarters') ~ "'",
    'leads': format_number('leads'),
    'investment': format_number('investment'),
    'cac_investment': format_number('cac_investment'),
    'cac_from': "coalesce(substring(cast(cac_from as varchar), 1, 7), '-')",
    'cac_until': "coalesce(substring(cast(cac_until as varchar), 1, 7), '-')",
    'months': 'cast(months_of_evidence as varchar)',
    'min_months': "'" ~ var('recommendation_min_months') ~ "'",
} %}
{%- set figures = {
    'customers': format_number('customers', 1), 'cac_customers': format_number('cac_customers', 1),
    'break_even': "'" ~ break_even ~ "'", 'healthy': "'" ~ healthy ~ "'",
    'ltv_cac_ratio': format_number('ltv_cac_ratio', 1),
    'ltv_cac_low': format_number('ltv_cac_low', 1), 'ltv_cac_high': format_number('ltv_cac_high', 1),
    'pipeline_share': format_number('100 * coalesce(pipeline_share, 0)'), 'currency': "'" ~ var('reporting_currency') ~ "'",
    'weakest_rate': format_number('100 * weakest_rate'), 'overall_rate': format_number('100 * overall_rate'),
} %}
with

evidence as (
    select *, greatest(investment, cac_investment) as spent from {{ ref('source_evidence_then_and_now') }}
),

weakest_steps as (
    select * from {{ ref('source_step_rates') }}
    where weakness_rank = 1
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

texts as (
    select * from {{ ref('recommendation_texts') }}
),

reasons as (
    select
        evidence.*,
        weakest_steps.step as weakest_step,
        weakest_steps.rate as weakest_rate,
        weakest_steps.overall_rate,
        '{{ window }}' as window_code,
        case
            when catalogue.is_unclear then 'unclear_source'
            when evidence.spent <= 0 and evidence.customers <= 0 then 'no_spend_no_customers'
            when evidence.months_of_evidence < {{ var('recommendation_min_months') }} then 'too_young'
            when evidence.spent <= 0 then 'no_cost_recorded'
            when evidence.cac_investment <= 0 then 'spend_not_mature'
            when evidence.ltv_cac_low is null or evidence.ltv_cac_high is null then 'unknown_lifetime_value'
            when evidence.ltv_cac_high < {{ break_even }} then 'loss'
            when
                evidence.ltv_cac_low >= {{ healthy }}
                and evidence.pipeline_share > {{ var('pipeline_share_threshold') }}
                then 'dependent'
            when evidence.ltv_cac_low >= {{ healthy }} then 'healthy'
            when evidence.ltv_cac_low < {{ break_even }} and evidence.ltv_cac_high >= {{ healthy }} then 'spans_both'
            when evidence.ltv_cac_low < {{ break_even }} then 'spans_break_even'
            when evidence.ltv_cac_high >= {{ healthy }} then 'spans_healthy'
            when weakest_steps.step is null then 'below_healthy_without_leads'
            when weakest_steps.rate >= weakest_steps.overall_rate then 'below_healthy_without_weak_step'
            else 'below_healthy'
        end as reason_code
    from evidence
    inner join catalogue on evidence.source = catalogue.source
    left join weakest_steps on evidence.quarter = weakest_steps.quarter and evidence.source = weakest_steps.source
),

-- A sentence and the parts of sentences that fill its first placeholders.
sentences as (
    select
        reasons.*,
        {{ fill_placeholders('reason_texts.text_en', dict({
            'evidence': 'evidence_texts.text_en', 'basis': 'basis_texts.text_en', 'window': 'window_texts.text_en',
            'weakest_step': "coalesce(step_texts.text_en, '')"
        }, **counts)) }} as text_en,
        {{ fill_placeholders('reason_texts.text_fr', dict({
            'evidence': 'evidence_texts.text_fr', 'basis': 'basis_texts.text_fr', 'window': 'window_texts.text_fr',
            'weakest_step': "coalesce(step_texts.text_fr, '')"
        }, **counts)) }} as text_fr
    from reasons
    left join texts as reason_texts on reasons.reason_code = reason_texts.reason_code
    left join texts as evidence_texts
        on
            evidence_texts.reason_code
            = case when reasons.cac_customers > 0 then 'part_evidence' else 'part_evidence_without_customers' end
    left join texts as basis_texts on basis_texts.reason_code = 'part_' || reasons.cac_basis
    left join texts as window_texts on reasons.window_code = window_texts.reason_code
    left join texts as step_texts on step_texts.reason_code = 'part_' || reasons.weakest_step
),

final as (
    select
        quarter,
        is_hindsight,
        source,
        attribution_model,
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high,
        weakest_step,
        reason_code,
        case
            when reason_code = 'healthy' then 'double'
            when reason_code in ('dependent', 'no_cost_recorded') then 'keep'
            when reason_code like 'below_healthy%' or reason_code = 'unclear_source' then 'fix'
            when reason_code = 'loss' then 'stop'
            else 'insufficient_data'
        end as recommendation,
        {{ fill_placeholders('text_en', figures) }} as recommendation_reason,
        {{ fill_placeholders('text_fr', figures, decimal_comma=true) }} as recommendation_reason_fr
    from sentences
)

select * from final
