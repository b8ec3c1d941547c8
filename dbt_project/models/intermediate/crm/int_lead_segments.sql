with

leads as (
    select * from {{ ref('int_leads') }}
),

accounts as (
    select * from {{ ref('int_unified__accounts') }}
),

company_sizes as (
    select * from {{ ref('company_sizes') }}
),

segment_words as (
    select * from {{ ref('segment_words') }}
),

-- The company's own record is kept up; what a lead wrote of it stays as it was written.
facts as (
    select
        leads.lead_id,
        coalesce(accounts.employees, leads.employees) as employees,
        coalesce({{ normalise_text('accounts.industry') }}, {{ normalise_text('leads.industry') }}) as industry_word,
        coalesce({{ normalise_text('accounts.country') }}, {{ normalise_text('leads.country') }}) as country_word
    from leads
    left join accounts on leads.account_id = accounts.account_id
),

bands as (
    select
        company_size,
        min_employees,
        lead(min_employees) over (order by min_employees) as next_min_employees
    from company_sizes
),

final as (
    select
        facts.lead_id,
        facts.employees,
        bands.company_size,
        coalesce(industries.value, replace(facts.industry_word, '_', ' ')) as industry,
        coalesce(countries.value, upper(replace(facts.country_word, '_', ' '))) as country
    from facts
    left join bands
        on
            facts.employees >= bands.min_employees
            and facts.employees < coalesce(bands.next_min_employees, facts.employees + 1)
    left join segment_words as industries
        on industries.segment = 'industry' and facts.industry_word = industries.word
    left join segment_words as countries
        on countries.segment = 'country' and facts.country_word = countries.word
)

select * from final
