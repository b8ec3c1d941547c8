-- A rule that names a vocabulary source_words does not hold would never match.
-- It reads two seeds; this says which of them it is a check of in the asset graph.
{{ config(meta={'dagster': {'ref': {'name': 'source_rules'}}}) }}
{%- set fields = [
    'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host', 'referrer_type', 'referrer_platform',
    'click_id_type', 'click_id_platform', 'crm_source', 'touch_type', 'direction',
] %}
with

rules as (
    select * from {{ ref('source_rules') }}
),

words as (
    select * from {{ ref('source_words') }}
),

conditions as (
    {%- for field in fields %}
    select
        rule_id,
        '{{ field }}' as field,
        {{ field }} as condition
    from rules
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        conditions.rule_id,
        conditions.field,
        conditions.condition
    from conditions
    left join words on conditions.condition = words.word
    where
        conditions.condition like '<%'
        and words.word is null
        and conditions.condition != '<empty>'
        and not (conditions.condition = '<catalogue>' and conditions.field in ('utm_source', 'crm_source'))
)

select * from final
