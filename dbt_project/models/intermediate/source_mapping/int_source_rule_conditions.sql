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

catalogue as (
    select * from {{ ref('source_catalogue') }}
    where not is_generic
),

-- What `<catalogue>` matches.
names as (
    select source, {{ normalise_text('source') }} as name from catalogue
    union
    select source, {{ normalise_text('source_label') }} as name from catalogue
    union
    select source, {{ normalise_text('source_label_fr') }} as name from catalogue
),

meanings as (
    select word, pattern, cast(null as varchar) as named_source from words
    union all
    select '<catalogue>' as word, name as pattern, source as named_source from names
),

-- Each cell of a rule is a condition on one field.
cells as (
    {%- for field in fields %}
    select rule_order, '{{ field }}' as field, {{ field }} as condition from rules
    where {{ field }} != ''
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

cell_counts as (
    select
        rule_order,
        count(*) as condition_count
    from cells
    group by rule_order
),

final as (
    select
        cells.rule_order,
        rules.rule_id,
        rules.source as rule_source,
        cell_counts.condition_count,
        cells.field,
        coalesce(meanings.pattern, cells.condition) as pattern,
        meanings.named_source
    from cells
    inner join rules on cells.rule_order = rules.rule_order
    inner join cell_counts on cells.rule_order = cell_counts.rule_order
    left join meanings on cells.condition = meanings.word
)

select * from final
