-- Method: of the leads created in the window, the share that passes each funnel step, against that of all sources.
with

stages as (
    select * from {{ ref('int_lead_stages') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

by_quarter as (
    select
        {{ quarter_of(reporting_date('stages.created_at')) }} as quarter,
        lead_sources.original_source as source,
        count(*) as leads,
        count(stages.mql_at) as mqls,
        count(stages.sql_at) as sqls,
        count(stages.opportunity_at) as opportunities,
        count(stages.customer_at) as customers
    from stages
    inner join lead_sources on stages.lead_id = lead_sources.lead_id
    group by {{ quarter_of(reporting_date('stages.created_at')) }}, lead_sources.original_source
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

steps as (
    select quarter, source, 1 as step_number, 'lead_to_mql' as step, leads as entered, mqls as reached
    from windows
    union all
    select quarter, source, 2 as step_number, 'mql_to_sql' as step, mqls as entered, sqls as reached
    from windows
    union all
    select quarter, source, 3 as step_number, 'sql_to_opportunity' as step, sqls as entered, opportunities as reached
    from windows
    union all
    select
        quarter, source, 4 as step_number, 'opportunity_to_customer' as step,
        opportunities as entered, customers as reached
    from windows
),

all_sources as (
    select
        quarter,
        step,
        {{ ratio('sum(reached)', 'sum(entered)') }} as rate
    from steps
    group by quarter, step
),

compared as (
    select
        steps.quarter,
        steps.source,
        steps.step_number,
        steps.step,
        steps.entered,
        steps.reached,
        {{ ratio('steps.reached', 'steps.entered') }} as rate,
        all_sources.rate as overall_rate
    from steps
    inner join all_sources on steps.quarter = all_sources.quarter and steps.step = all_sources.step
    where steps.entered > 0
),

-- The weakest step has the lowest rate relative to all sources; of equals, the earlier one.
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
