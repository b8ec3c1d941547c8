with

{%- set steps = [
    ('lead_to_mql', 'leads', 'mqls'),
    ('mql_to_sql', 'mqls', 'sqls'),
    ('sql_to_opportunity', 'sqls', 'opportunities'),
    ('opportunity_to_customer', 'opportunities', 'customers'),
] %}

funnel as (
    select * from {{ ref('source_funnel') }}
),

by_quarter as (
    select
        {{ quarter_of('month') }} as quarter,
        source,
        sum(leads) as leads,
        sum(mqls) as mqls,
        sum(sqls) as sqls,
        sum(opportunities) as opportunities,
        sum(customers) as customers
    from funnel
    group by {{ quarter_of('month') }}, source
),

quarters as (
    select distinct quarter from by_quarter
),

windows as (
    select
        quarters.quarter,
        by_quarter.source,
        sum(by_quarter.leads) as leads,
        sum(by_quarter.mqls) as mqls,
        sum(by_quarter.sqls) as sqls,
        sum(by_quarter.opportunities) as opportunities,
        sum(by_quarter.customers) as customers
    from quarters
    inner join by_quarter on {{ is_in_window('by_quarter.quarter', 'quarters.quarter') }}
    group by quarters.quarter, by_quarter.source
),

unpivoted as (
    {%- for step, entered, reached in steps %}
    select
        quarter,
        source,
        {{ loop.index }} as step_number,
        '{{ step }}' as step,
        {{ entered }} as entered,
        {{ reached }} as reached
    from windows
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

everybody as (
    select
        quarter,
        step,
        {{ ratio('sum(reached)', 'sum(entered)') }} as rate
    from unpivoted
    group by quarter, step
),

compared as (
    select
        unpivoted.quarter,
        unpivoted.source,
        unpivoted.step_number,
        unpivoted.step,
        unpivoted.entered,
        unpivoted.reached,
        {{ ratio('unpivoted.reached', 'unpivoted.entered') }} as rate,
        everybody.rate as overall_rate
    from unpivoted
    inner join everybody on unpivoted.quarter = everybody.quarter and unpivoted.step = everybody.step
    where unpivoted.entered > 0
),

-- The step that loses most against everybody is the weakest; of equals, the earlier one.
final as (
    select
        quarter,
        source,
        step,
        cast(entered as bigint) as entered,
        cast(reached as bigint) as reached,
        rate,
        {{ wilson('reached', 'entered', '-') }} as rate_low,
        {{ wilson('reached', 'entered', '+') }} as rate_high,
        overall_rate,
        cast(
            row_number() over (
                partition by quarter, source
                order by round({{ ratio('rate', 'overall_rate') }}, 9) asc nulls last, step_number asc
            ) as integer
        ) as weakness_rank
    from compared
)

select * from final
