-- Base rates are of the leads to learn from that came from the same source and were still open at the same age. Where
-- there is a probability of a customer, the expected value is that times the average first deal.
{%- set outcomes, horizons = ['sql', 'opportunity', 'customer'], [90, 365] %}
with

snapshots as (
    select * from {{ ref('int_lead_snapshots') }}
    where is_current
),

predictions as (
    select * from {{ ref('int_lead_predictions') }}
    where is_current
),

rated as (
    select
        *,
        base_leads_reached / nullif(cast(base_leads as double), 0) as base_rate,
        {{ wilson('base_leads_reached', 'base_leads', '-') }} as base_rate_low,
        {{ wilson('base_leads_reached', 'base_leads', '+') }} as base_rate_high
    from predictions
),

pivoted as (
    select
        lead_id,
        min(source) as source,
        min(model_version) as model_version,
        {%- for outcome in outcomes %}
        {%- for days in horizons %}
        {%- set chosen = "case when outcome = '" ~ outcome ~ "' and horizon_days = " ~ days ~ " then " %}
        max({{ chosen }}probability end) as {{ outcome }}_probability_{{ days }}_days,
        max({{ chosen }}base_rate end) as {{ outcome }}_base_rate_{{ days }}_days,
        max({{ chosen }}base_rate_low end) as {{ outcome }}_base_rate_{{ days }}_days_low,
        max({{ chosen }}base_rate_high end) as {{ outcome }}_base_rate_{{ days }}_days_high,
        max({{ chosen }}refusal end) as {{ outcome }}_refusal_{{ days }}_days,
        {%- endfor %}
        {%- endfor %}
        max(case when horizon_days = 90 then probability * customer_value end) as expected_value_90_days,
        max(case when horizon_days = 365 then probability * customer_value end) as expected_value_365_days
    from rated
    group by lead_id
),

final as (
    select
        snapshots.lead_id,
        pivoted.source,
        snapshots.stage,
        snapshots.known_at as predicted_at,
        snapshots.trained_at,
        pivoted.model_version,
        {%- for outcome in outcomes %}
        {%- for days in horizons %}
        pivoted.{{ outcome }}_probability_{{ days }}_days,
        pivoted.{{ outcome }}_base_rate_{{ days }}_days,
        pivoted.{{ outcome }}_base_rate_{{ days }}_days_low,
        pivoted.{{ outcome }}_base_rate_{{ days }}_days_high,
        {%- endfor %}
        {%- endfor %}
        cast(pivoted.expected_value_90_days as decimal(18, 6)) as expected_value_90_days,
        cast(pivoted.expected_value_365_days as decimal(18, 6)) as expected_value_365_days,
        nullif(concat_ws(
            ' '
            {%- for outcome in outcomes %}
            {%- for days in horizons %},
            pivoted.{{ outcome }}_refusal_{{ days }}_days
            {%- endfor %}
            {%- endfor %}
        ), '') as refusal
    from snapshots
    inner join pivoted on snapshots.lead_id = pivoted.lead_id
)

select * from final
