-- The rules are data (seeds/form_rules.csv). They are tried once per distinct combination of what they look at.
with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

rules as (
    select * from {{ ref('form_rules') }}
),

worded as (
    select
        leads.lead_id,
        {{ normalise_text('leads.form') }} as form_word,
        leads.entry_method,
        lead_sources.crm_source
    from leads
    inner join lead_sources on leads.lead_id = lead_sources.lead_id
),

combinations as (
    select distinct
        form_word,
        entry_method,
        crm_source
    from worded
),

first_matches as (
    select
        combinations.form_word,
        combinations.entry_method,
        combinations.crm_source,
        rules.form_kind
    from combinations
    inner join rules
        on
            (rules.form is null or {{ regexp_full_match('combinations.form_word', 'rules.form') }})
            and (rules.entry_method is null or combinations.entry_method = rules.entry_method)
            and (rules.crm_source is null or combinations.crm_source = rules.crm_source)
    qualify row_number() over (
        partition by combinations.form_word, combinations.entry_method, combinations.crm_source
        order by rules.rule_order
    ) = 1
),

final as (
    select
        worded.lead_id,
        coalesce(first_matches.form_kind, 'other') as form_kind
    from worded
    left join first_matches
        on
            worded.form_word is not distinct from first_matches.form_word
            and worded.entry_method is not distinct from first_matches.entry_method
            and worded.crm_source is not distinct from first_matches.crm_source
)

select * from final
