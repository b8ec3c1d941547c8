-- Industry, country and employees come from the lead's segments, so that scores and routes use what reports show.
with

leads as (
    select * from {{ ref('int_leads') }}
),

segments as (
    select * from {{ ref('int_lead_segments') }}
),

combined as (
    select
        leads.lead_id,
        {{ normalise_text('leads.job_title') }} as job_title_word,
        {{ normalise_text('segments.industry') }} as industry_word,
        {{ normalise_text('segments.country') }} as country_word,
        segments.employees,
        leads.account_type != 'lead' as has_company
    from leads
    inner join segments on leads.lead_id = segments.lead_id
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
