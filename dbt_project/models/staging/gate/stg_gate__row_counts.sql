with

final as (
    {%- for entity in [
        'accounts', 'activities', 'ad_spend', 'costs', 'lead_stages', 'leads', 'opportunities',
        'opportunity_contacts', 'revenue', 'web_events', 'web_sessions',
    ] %}
    select
        'standard' as feed,
        '{{ entity }}' as entity,
        count(*) as raw_rows
    from {{ source('standard', entity) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from final
