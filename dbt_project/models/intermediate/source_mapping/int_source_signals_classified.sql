{{ config(materialized='incremental', incremental_strategy='append') }}
-- One row per combination of texts that name a source, with the source that the first matching rule gives it.
-- The rules are data (seeds/source_rules.csv). Each cell of a rule is a condition on one field; a rule matches where
-- all its conditions are met. Patterns are tried once per distinct value, never per combination.
{%- set fields = [
    'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host', 'referrer_type', 'referrer_platform',
    'click_id_type', 'click_id_platform', 'crm_source', 'touch_type', 'direction',
] %}
with

combinations as (
    select * from {{ ref('int_source_signals') }}
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

rules as (
    select * from {{ ref('source_rules') }}
),

words as (
    select * from {{ ref('source_words') }}
),

referrer_hosts as (
    select * from {{ ref('referrer_hosts') }}
),

click_ids as (
    select * from {{ ref('click_ids') }}
),

-- Analytics exports write a referrer's host as the source.
normalised as (
    select
        source_key,
        {{ normalise_text('utm_source') }} as utm_source,
        {{ normalise_text('utm_medium') }} as utm_medium,
        {{ normalise_text('utm_campaign') }} as utm_campaign,
        lower(coalesce(referrer_host, case when utm_source like '%_.__%' then utm_source end)) as referrer_host,
        lower(click_id_type) as click_id_type,
        {{ normalise_text('crm_source') }} as crm_source,
        lower(touch_type) as touch_type,
        lower(direction) as direction
    from combinations
),

-- `google.*` stands for Google's country domains: .de, .com, .co.uk, .com.br.
host_patterns as (
    select
        referrer_hosts.host,
        referrer_hosts.referrer_type,
        referrer_hosts.platform,
        concat('%.', replace(referrer_hosts.host, '*', endings.ending)) as pattern
    from referrer_hosts
    cross join (values ('__'), ('___'), ('__.__'), ('___.__')) as endings (ending)
    where referrer_hosts.host like '%*' or endings.ending = '__'
),

hosts as (
    select distinct referrer_host from normalised
    where referrer_host is not null
),

-- The longest match wins: gemini.google.com is an assistant, mail.google.com is mail, google.* is search.
referrers as (
    select
        hosts.referrer_host,
        coalesce(host_patterns.referrer_type, 'other') as referrer_type,
        host_patterns.platform as referrer_platform
    from hosts
    left join host_patterns on concat('.', hosts.referrer_host) like host_patterns.pattern
    qualify row_number() over (
        partition by hosts.referrer_host order by length(host_patterns.host) desc nulls last, host_patterns.pattern
    ) = 1
),

-- A CRM that keeps a source beside a medium keeps a UTM pair.
signals as (
    select
        normalised.source_key,
        coalesce(
            {{ null_if_placeholder('normalised.utm_source', 'normalised.utm_source') }},
            {{ null_if_placeholder('normalised.utm_medium', 'normalised.crm_source') }}
        ) as utm_source,
        {{ null_if_placeholder('normalised.utm_medium', 'normalised.utm_medium') }} as utm_medium,
        {{ null_if_placeholder('normalised.utm_campaign', 'normalised.utm_campaign') }} as utm_campaign,
        normalised.referrer_host,
        referrers.referrer_type,
        referrers.referrer_platform,
        normalised.click_id_type,
        click_ids.platform as click_id_platform,
        normalised.crm_source,
        normalised.touch_type,
        normalised.direction
    from normalised
    left join referrers on normalised.referrer_host = referrers.referrer_host
    left join click_ids on normalised.click_id_type = click_ids.click_id_type
),

-- A campaign's name is matched word by word, every other field whole.
given_values as (
    {%- for field in fields %}
    select
        source_key,
        '{{ field }}' as field,
        {%- set value = "coalesce(" ~ field ~ ", '<empty>')" %}
        {{ each_word(value) if field == 'utm_campaign' else value }} as given
    from signals
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

conditions as (
    {%- for field in fields %}
    select
        rule_order,
        '{{ field }}' as field,
        {{ field }} as condition
    from rules
    where {{ field }} != ''
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

condition_counts as (
    select
        rule_order,
        count(*) as conditions
    from conditions
    group by rule_order
),

patterns as (
    select distinct
        conditions.field,
        conditions.condition,
        coalesce(words.pattern, conditions.condition) as pattern
    from conditions
    left join words on conditions.condition = words.word
),

distinct_values as (
    select distinct
        field,
        given
    from given_values
),

-- What `<catalogue>` matches.
names as (
    select
        source,
        {{ normalise_text('source') }} as name
    from catalogue
    where not is_generic
    union
    select
        source,
        {{ normalise_text('source_label') }} as name
    from catalogue
    where not is_generic
    union
    select
        source,
        {{ normalise_text('source_label_fr') }} as name
    from catalogue
    where not is_generic
),

met_by_value as (
    select
        distinct_values.field,
        distinct_values.given,
        patterns.condition,
        cast(null as varchar) as named_source
    from distinct_values
    inner join patterns
        on
            distinct_values.field = patterns.field
            and {{ regexp_full_match('distinct_values.given', 'patterns.pattern') }}
    union all
    select
        distinct_values.field,
        distinct_values.given,
        '<catalogue>' as condition,
        names.source as named_source
    from distinct_values
    inner join names on distinct_values.given = names.name
    where distinct_values.field in ('utm_source', 'crm_source')
),

matches as (
    select
        given_values.source_key,
        conditions.rule_order,
        count(distinct conditions.field) as conditions_met,
        max(met_by_value.named_source) as named_source
    from given_values
    inner join met_by_value
        on given_values.field = met_by_value.field and given_values.given = met_by_value.given
    inner join conditions
        on met_by_value.field = conditions.field and met_by_value.condition = conditions.condition
    group by given_values.source_key, conditions.rule_order
),

first_matches as (
    select
        matches.source_key,
        rules.rule_id,
        coalesce(matches.named_source, rules.source) as source
    from matches
    inner join condition_counts
        on matches.rule_order = condition_counts.rule_order and matches.conditions_met = condition_counts.conditions
    inner join rules on matches.rule_order = rules.rule_order
    qualify row_number() over (partition by matches.source_key order by matches.rule_order) = 1
),

final as (
    select
        combinations.source_key,
        combinations.utm_source,
        combinations.utm_medium,
        combinations.utm_campaign,
        combinations.referrer_host,
        combinations.click_id_type,
        combinations.crm_source,
        combinations.touch_type,
        combinations.direction,
        signals.utm_source as utm_source_word,
        signals.utm_medium as utm_medium_word,
        signals.crm_source as crm_source_word,
        signals.referrer_type,
        signals.referrer_platform,
        signals.click_id_platform,
        coalesce(first_matches.source, 'unknown') as source,
        first_matches.rule_id as matched_rule,
        first_matches.rule_id is null
        and coalesce(
            signals.utm_source, signals.utm_medium, signals.utm_campaign,
            signals.referrer_host, signals.click_id_type, signals.crm_source
        ) is not null as is_unmapped
    from combinations
    inner join signals on combinations.source_key = signals.source_key
    left join first_matches on combinations.source_key = first_matches.source_key
)

select * from final
