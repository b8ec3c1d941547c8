-- Method: a lead's kind of form is that of the first rule of seeds/form_rules.csv whose conditions it meets. Rules are
-- tried once per distinct combination of values.
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

facts as (
    select
        leads.lead_id,
        {{ normalise_text('leads.form') }} as form,
        leads.entry_method,
        lead_sources.crm_source
    from leads
    inner join lead_sources on leads.lead_id = lead_sources.lead_id
),

combinations as (
    select distinct
        form,
        entry_method,
        crm_source
    from facts
),

first_matches as (
    select
        combinations.form,
        combinations.entry_method,
        combinations.crm_source,
        rules.form_kind
    from combinations
    inner join rules
        on
            (rules.form is null or {{ regexp_full_match('combinations.form', 'rules.form') }})
            and (rules.entry_method is null or combinations.entry_method = rules.entry_method)
            and (rules.crm_source is null or combinations.crm_source = rules.crm_source)
    qualify row_number() over (
        partition by combinations.form, combinations.entry_method, combinations.crm_source
        order by rules.rule_order
    ) = 1
),

final as (
    select
        facts.lead_id,
        coalesce(first_matches.form_kind, 'other') as form_kind
    from facts
    left join first_matches
        on
            facts.form is not distinct from first_matches.form
            and facts.entry_method is not distinct from first_matches.entry_method
            and facts.crm_source is not distinct from first_matches.crm_source
)

select * from final
