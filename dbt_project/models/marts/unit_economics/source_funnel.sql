with

funnels as (
    select * from {{ ref('funnel_by_dimension') }}
),

final as (
    select
        month,
        value as source,
        {%- for rate, _, _ in funnel_rates() %}
        {{ rate }},
        {{ rate }}_low,
        {{ rate }}_high,
        {%- endfor %}
        {%- for duration, _, _ in funnel_durations() %}
        {{ duration }},
        {%- endfor %}
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        disqualified,
        recycled
    from funnels
    where dimension = 'source' and month is not null
)

select * from final
