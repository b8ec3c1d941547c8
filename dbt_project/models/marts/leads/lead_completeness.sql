with

leads as (
    select * from {{ ref('int_leads') }}
),

staged as (
    select * from {{ ref('int_leads_staged') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

-- A field is filled by the lead's own record or by its account's.
filled as (
    select
        leads.lead_id,
        staged.original_source,
        leads.entry_method,
        leads.owner,
        staged.created_on > {{ as_of_date() }} - {{ var('audit_window_days') }} as is_in_window,
        fields.field,
        case fields.field
            when 'email' then leads.has_email
            when 'company' then leads.account_type != 'lead'
            when 'job_title' then coalesce(trim(leads.job_title), '') != ''
            when 'country' then staged.country is not null
            when 'industry' then staged.industry is not null
            when 'company_size' then staged.company_size is not null
            when 'source' then not catalogue.is_unclear
            when 'campaign' then staged.original_campaign is not null
            when 'owner' then coalesce(trim(leads.owner), '') != ''
        end as is_filled
    from leads
    inner join staged on leads.lead_id = staged.lead_id
    inner join catalogue on staged.original_source = catalogue.source
    cross join (
        values ('email'), ('company'), ('job_title'), ('country'), ('industry'), ('company_size'), ('source'),
        ('campaign'), ('owner')
    ) as fields (field)
    where fields.field in ({{ quoted_list(var('lead_completeness_fields')) }})
),

with_every_field as (
    select * from filled
    union all
    select
        lead_id,
        original_source,
        entry_method,
        owner,
        is_in_window,
        'every_field' as field,
        min(case when is_filled then 1 else 0 end) = 1 as is_filled
    from filled
    group by lead_id, original_source, entry_method, owner, is_in_window
),

counted as (
    select
        original_source,
        entry_method,
        owner,
        is_in_window,
        field,
        count(*) as leads,
        count(case when is_filled then 1 end) as filled_leads
    from with_every_field
    group by original_source, entry_method, owner, is_in_window, field
),

valued as (
    select
        periods.period,
        dimensions.dimension,
        case dimensions.dimension
            when 'all' then 'all'
            when 'source' then counted.original_source
            when 'entry_method' then coalesce(counted.entry_method, 'not stated')
            when 'owner' then coalesce(counted.owner, 'nobody')
        end as value,
        counted.field,
        counted.leads,
        counted.filled_leads
    from counted
    cross join (values ('window'), ('all_time')) as periods (period)
    cross join (values ('all'), ('source'), ('entry_method'), ('owner')) as dimensions (dimension)
    where periods.period = 'all_time' or counted.is_in_window
),

final as (
    select
        period,
        dimension,
        value,
        field,
        cast(sum(leads) as bigint) as leads,
        cast(sum(filled_leads) as bigint) as filled_leads,
        {{ ratio('sum(filled_leads)', 'sum(leads)') }} as filled_share
    from valued
    group by period, dimension, value, field
)

select * from final
