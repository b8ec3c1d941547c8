-- A rule matches where all its conditions are met; the first matching rule gives the source. Patterns are tried once
-- per distinct value, never per combination.
{{ config(materialized='incremental', incremental_strategy='append') }}
{%- set fields = [
    'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host', 'referrer_type', 'referrer_platform',
    'click_id_type', 'click_id_platform', 'crm_source', 'touch_type', 'direction',
] %}
with

signals as (
    select * from {{ ref('int_source_signals') }}
),

normalised as (
    select * from {{ ref('int_source_signals_normalised') }}
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
),

conditions as (
    select * from {{ ref('int_source_rule_conditions') }}
),

-- A campaign's name is matched word by word, every other field whole.
given_values as (
    {%- for field in fields %}
    {%- set value = "coalesce(" ~ field ~ ", '<empty>')" %}
    select source_key, '{{ field }}' as field, {{ each_word(value) if field == 'utm_campaign' else value }} as given
    from normalised
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

distinct_values as (
    select distinct field, given from given_values
),

patterns as (
    select distinct field, pattern from conditions
),

met_patterns as (
    select
        distinct_values.field,
        distinct_values.given,
        patterns.pattern
    from distinct_values
    inner join patterns
        on
            distinct_values.field = patterns.field
            and {{ regexp_full_match('distinct_values.given', 'patterns.pattern') }}
),

matches as (
    select
        given_values.source_key,
        conditions.rule_order,
        conditions.rule_id,
        coalesce(max(conditions.named_source), conditions.rule_source) as source
    from given_values
    inner join met_patterns on given_values.field = met_patterns.field and given_values.given = met_patterns.given
    inner join conditions on met_patterns.field = conditions.field and met_patterns.pattern = conditions.pattern
    group by
        given_values.source_key, conditions.rule_order, conditions.rule_id, conditions.rule_source,
        conditions.condition_count
    having count(distinct conditions.field) = conditions.condition_count
),

first_matches as (
    select * from matches
    qualify row_number() over (partition by source_key order by rule_order) = 1
),

final as (
    select
        signals.source_key,
        signals.utm_source,
        signals.utm_medium,
        signals.utm_campaign,
        signals.utm_content,
        signals.referrer_host,
        signals.click_id_type,
        signals.crm_source,
        signals.touch_type,
        signals.direction,
        normalised.utm_source as utm_source_word,
        normalised.utm_medium as utm_medium_word,
        normalised.crm_source as crm_source_word,
        normalised.referrer_type,
        normalised.referrer_platform,
        normalised.click_id_platform,
        coalesce(first_matches.source, 'unknown') as source,
        first_matches.rule_id as matched_rule,
        first_matches.rule_id is null
        and coalesce(
            normalised.utm_source, normalised.utm_medium, normalised.utm_campaign,
            normalised.referrer_host, normalised.click_id_type, normalised.crm_source
        ) is not null as is_unmapped
    from normalised
    inner join signals on normalised.source_key = signals.source_key
    left join first_matches on normalised.source_key = first_matches.source_key
)

select * from final
