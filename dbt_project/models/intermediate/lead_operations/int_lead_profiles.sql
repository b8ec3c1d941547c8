-- What a lead does not say of its company, the account's record in the CRM does.
with

leads as (
    select * from {{ ref('int_leads') }}
),

accounts as (
    select * from {{ ref('stg_standard__accounts') }}
),

combined as (
    select
        leads.lead_id,
        {{ source_word('leads.job_title') }} as job_title_word,
        {{ source_word("coalesce(nullif(trim(leads.industry), ''), accounts.industry)") }} as industry_word,
        {{ source_word("coalesce(nullif(trim(leads.country), ''), accounts.country)") }} as country_word,
        coalesce(leads.employees, accounts.employees) as employees,
        leads.account_id not like 'lead:%' as has_company
    from leads
    left join accounts on leads.account_id = accounts.account_id
),

final as (
    select
        lead_id,
        job_title_word,
        industry_word,
        country_word,
        employees,
        has_company,
        case when job_title_word is not null then 1 else 0 end
        + case when industry_word is not null then 1 else 0 end
        + case when country_word is not null then 1 else 0 end
        + case when employees is not null then 1 else 0 end
        + case when has_company then 1 else 0 end as known_facts
    from combined
)

select * from final
