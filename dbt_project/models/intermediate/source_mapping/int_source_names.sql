{%- set other_fields = [
    'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host', 'referrer_type', 'referrer_platform',
    'click_id_type', 'click_id_platform', 'touch_type', 'direction',
] %}
with

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

-- Rules whose only condition is the CRM field say what a word alone means.
word_rules as (
    select
        rules.rule_order,
        rules.source,
        words.pattern
    from rules
    inner join words on rules.crm_source = words.word
    where
        rules.source != ''
        {%- for field in other_fields %}
        and coalesce(rules.{{ field }}, '') = ''
        {%- endfor %}
),

-- `white_?papers?(_.*)?` gives the names whitepaper and white_papers: optional parts left out, or kept.
alternatives as (
    select
        rule_order,
        source,
        pattern,
        {{ each_word(regexp_replace_all('pattern', "'[(][^()]*[)][?]'", "''"), '|') }} as alternative
    from word_rules
),

plain_words as (
    select
        rule_order,
        source,
        pattern,
        {{ regexp_replace_all('alternative', "'.[?]'", "''") }} as name
    from alternatives
    union
    select
        rule_order,
        source,
        pattern,
        replace(alternative, '?', '') as name
    from alternatives
),

-- A regular expression is no name, nor is part of a bracket, which does not match its own pattern.
meant_by_word as (
    select
        name,
        source,
        rule_order
    from plain_words
    where {{ regexp_full_match('name', "'[a-z0-9_]+'") }} and {{ regexp_full_match('name', 'pattern') }}
),

-- By the rule of a session that has only a referrer.
meant_by_platform as (
    select
        referrer_hosts.platform as name,
        rules.source,
        rules.rule_order
    from referrer_hosts
    inner join rules
        on
            referrer_hosts.referrer_type = rules.referrer_type
            and {{ regexp_full_match(
                'referrer_hosts.platform', "coalesce(nullif(rules.referrer_platform, ''), '.*')"
            ) }}
    where rules.utm_source = '<empty>' and rules.utm_medium = '<empty>'
),

named as (
    select {{ normalise_text('source') }} as name, source, 1 as preference, 0 as rule_order from catalogue
    union all
    select {{ normalise_text('source_label') }} as name, source, 1 as preference, 0 as rule_order from catalogue
    union all
    select {{ normalise_text('source_label_fr') }} as name, source, 1 as preference, 0 as rule_order from catalogue
    union all
    select name, source, 2 as preference, rule_order from meant_by_word
    union all
    select name, source, 3 as preference, rule_order from meant_by_platform
),

final as (
    select
        name,
        source
    from named
    qualify row_number() over (partition by name order by preference, rule_order, source) = 1
)

select * from final
