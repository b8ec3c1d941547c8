{%- set carriers = ['sessions', 'activities', 'leads', 'opportunities', 'cost_rows'] %}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

activities as (
    select * from {{ ref('int_unified__activities') }}
),

leads as (
    select * from {{ ref('int_unified__leads') }}
),

opportunities as (
    select * from {{ ref('int_unified__opportunities') }}
),

ad_spend as (
    select * from {{ ref('int_unified__ad_spend') }}
),

costs as (
    select * from {{ ref('int_unified__costs') }}
    where cost_month <= {{ as_of_date() }}
),

-- Each table is read once and grouped before the union: sessions are the largest table.
unioned as (
    select
        source_key,
        'sessions' as carrier,
        count(*) as records,
        {{ reporting_date('min(started_at)') }} as first_seen_on,
        {{ reporting_date('max(started_at)') }} as last_seen_on
    from sessions
    group by source_key
    union all
    select
        source_key,
        'activities' as carrier,
        count(*) as records,
        {{ reporting_date('min(occurred_at)') }} as first_seen_on,
        {{ reporting_date('max(occurred_at)') }} as last_seen_on
    from activities
    group by source_key
    union all
    select
        source_key,
        'leads' as carrier,
        count(*) as records,
        {{ reporting_date('min(created_at)') }} as first_seen_on,
        {{ reporting_date('max(created_at)') }} as last_seen_on
    from leads
    group by source_key
    union all
    select
        source_key,
        'opportunities' as carrier,
        count(*) as records,
        {{ reporting_date('min(created_at)') }} as first_seen_on,
        {{ reporting_date('max(created_at)') }} as last_seen_on
    from opportunities
    group by source_key
    union all
    select
        source_key,
        'cost_rows' as carrier,
        count(*) as records,
        min(spent_on) as first_seen_on,
        max(spent_on) as last_seen_on
    from ad_spend
    group by source_key
    union all
    select
        source_key,
        'cost_rows' as carrier,
        count(*) as records,
        min(cost_month) as first_seen_on,
        max(cost_month) as last_seen_on
    from costs
    group by source_key
),

final as (
    select
        source_key,
        {%- for carrier in carriers %}
        cast(sum(case when carrier = '{{ carrier }}' then records else 0 end) as bigint) as {{ carrier }},
        {%- endfor %}
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from unioned
    group by source_key
)

select * from final
