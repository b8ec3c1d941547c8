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

-- The account's record comes before the lead's, as it is kept up to date.
combined as (
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

sizes as (
    select
        combined.lead_id,
        bands.company_size
    from combined
    inner join bands
        on
            combined.employees >= bands.min_employees
            and combined.employees < coalesce(bands.next_min_employees, combined.employees + 1)
),

final as (
    select
        combined.lead_id,
        combined.employees,
        sizes.company_size,
        coalesce(industries.value, replace(combined.industry_word, '_', ' ')) as industry,
        coalesce(countries.value, upper(replace(combined.country_word, '_', ' '))) as country
    from combined
    left join sizes on combined.lead_id = sizes.lead_id
    left join segment_words as industries
        on industries.segment = 'industry' and combined.industry_word = industries.word
    left join segment_words as countries
        on countries.segment = 'country' and combined.country_word = countries.word
)

select * from final
