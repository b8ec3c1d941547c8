with

leads as (
    select
        *,
        created_on > {{ as_of_date() }} - {{ var('audit_window_days') }} as is_in_window
    from {{ ref('fct_leads') }}
),

-- The owner matters for leads entered by hand, whose source the owner typed.
dimensions as (
    select 'all' as dimension, 'window' as value, is_source_unclear from leads
    where is_in_window
    union all
    select 'all' as dimension, 'all_time' as value, is_source_unclear from leads
    union all
    select 'entry_method' as dimension, coalesce(entry_method, 'not stated') as value, is_source_unclear from leads
    where is_in_window
    union all
    select 'owner' as dimension, coalesce(owner, 'nobody') as value, is_source_unclear from leads
    where is_in_window and entry_method = 'manual'
    union all
    select 'month' as dimension, substr(cast(created_on as varchar), 1, 7) as value, is_source_unclear from leads
),

final as (
    select
        {{ as_of_date() }} as window_end,
        dimension,
        value,
        count(*) as leads,
        count(case when is_source_unclear then 1 end) as unclear_leads,
        {{ ratio('count(case when is_source_unclear then 1 end)', 'count(*)') }} as unclear_share
    from dimensions
    group by dimension, value
)

select * from final
