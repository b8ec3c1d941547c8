{#- What says that a field is filled, by the lead's own record or by its company's. -#}
{%- set is_filled = {
    'email': 'leads.has_email',
    'company': "leads.account_type != 'lead'",
    'job_title': "coalesce(trim(leads.job_title), '') != ''",
    'country': 'segments.country is not null',
    'industry': 'segments.industry is not null',
    'company_size': 'segments.company_size is not null',
    'source': 'not facts.is_source_unclear',
    'campaign': 'facts.original_campaign is not null',
    'owner': "coalesce(trim(facts.owner), '') != ''",
} -%}
{%- set fields = var('lead_completeness_fields') -%}
with

leads as (
    select * from {{ ref('int_leads') }}
),

segments as (
    select * from {{ ref('int_lead_segments') }}
),

facts as (
    select * from {{ ref('fct_leads') }}
),

checked as (
    select
        facts.original_source,
        facts.entry_method,
        facts.owner,
        {%- for field in fields %}
        {{ is_filled[field] }} as has_{{ field }},
        {%- endfor %}
        {% for field in fields %}{{ 'and ' if not loop.first }}{{ is_filled[field] }}
        {% endfor %}as is_complete,
        facts.created_on > {{ as_of_date() }} - {{ var('audit_window_days') }} as is_in_window
    from facts
    inner join leads on facts.lead_id = leads.lead_id
    inner join segments on facts.lead_id = segments.lead_id
),

valued as (
    select
        checked.*,
        periods.period,
        dimensions.dimension,
        case dimensions.dimension
            when 'all' then 'all'
            when 'source' then checked.original_source
            when 'entry_method' then coalesce(checked.entry_method, 'not stated')
            when 'owner' then coalesce(checked.owner, 'nobody')
        end as value
    from checked
    cross join (values ('window'), ('all_time')) as periods (period)
    cross join (values ('all'), ('source'), ('entry_method'), ('owner')) as dimensions (dimension)
    where periods.period = 'all_time' or checked.is_in_window
),

counted as (
    select
        period,
        dimension,
        value,
        count(*) as leads,
        {%- for field in fields %}
        count(case when has_{{ field }} then 1 end) as {{ field }},
        {%- endfor %}
        count(case when is_complete then 1 end) as every_field
    from valued
    group by period, dimension, value
),

unpivoted as (
    {%- for field in fields + ['every_field'] %}
    select
        period,
        dimension,
        value,
        '{{ field }}' as field,
        leads,
        {{ field }} as filled_leads
    from counted
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        period,
        dimension,
        value,
        field,
        leads,
        filled_leads,
        {{ ratio('filled_leads', 'leads') }} as filled_share
    from unpivoted
)

select * from final
