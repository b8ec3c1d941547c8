with

newest as (
    select * from {{ all_feeds('leads') }} as feeds
    {{ newest_version(['lead_id'], 'updated_at') }}
),

final as (
    select
        lead_id,
        feed,
        {{ without_placeholder('account_id', "feed || ':'") }} as account_id,
        {{ email_identifier('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        lower(trim(company_domain)) as company_domain,
        source as crm_source,
        medium as crm_medium,
        campaign as crm_campaign,
        content as crm_content,
        {{ source_key("'lead_created'", utm_medium='medium', utm_campaign='campaign', crm_source='source') }}
            as source_key,
        entry_method,
        form,
        owner,
        status,
        country,
        industry,
        job_title,
        employees,
        {{ moment('created_at') }} as created_at,
        updated_at
    from newest
    where not coalesce(is_deleted, false) and {{ moment('created_at') }} <= {{ as_of() }}
)

select * from final
