-- Open leads are looked back at as they came in and at the ages of `prediction_ages_days`, to learn from, and looked at
-- now. Open is who is neither a customer nor disqualified at that moment.
with

leads as (
    select * from {{ ref('int_leads') }}
),

reached as (
    select * from {{ ref('int_lead_stages') }}
),

stage_history as (
    select * from {{ ref('int_lead_stage_history') }}
),

deals as (
    select * from {{ ref('int_deals') }}
    where is_first_won
),

ages as (
    select listed.age_days from (values ({{ var('prediction_ages_days') | join('), (') }})) as listed (age_days)
),

moments as (
    select
        leads.lead_id,
        leads.created_at + interval 1 hour * 24 * ages.age_days as known_at,
        false as is_current
    from leads
    cross join ages
    where leads.created_at + interval 1 hour * 24 * ages.age_days <= {{ as_of() }}
    union all
    select
        lead_id,
        {{ as_of() }} as known_at,
        true as is_current
    from leads
),

values_won as (
    select
        lead_id,
        cast(sum(amount) as double) as customer_value
    from deals
    group by lead_id
),

open_moments as (
    select
        moments.*,
        stage_history.stage,
        stage_history.entered_at as stage_entered_at,
        {{ month_of(reporting_date('moments.known_at')) }} as known_month
    from moments
    inner join stage_history
        on
            moments.lead_id = stage_history.lead_id
            and moments.known_at >= stage_history.entered_at
            and (stage_history.left_at is null or moments.known_at < stage_history.left_at)
    where stage_history.stage not in ('customer', 'disqualified')
),

-- The age of learning that is next below the lead's own: its base rate is of leads that were open at that age.
aged as (
    select
        open_moments.lead_id,
        open_moments.known_at,
        open_moments.is_current,
        max(ages.age_days) as base_age_days
    from open_moments
    inner join leads on open_moments.lead_id = leads.lead_id
    inner join ages on open_moments.known_at >= leads.created_at + interval 1 hour * 24 * ages.age_days
    group by open_moments.lead_id, open_moments.known_at, open_moments.is_current
),

final as (
    select
        open_moments.lead_id,
        leads.person_id,
        leads.created_at,
        open_moments.known_at,
        open_moments.is_current,
        aged.base_age_days,
        open_moments.stage,
        open_moments.stage_entered_at,
        reached.mql_at,
        reached.sql_at,
        reached.opportunity_at,
        reached.customer_at,
        values_won.customer_value,
        -- When the model was trained that predicts it: at the start of its month, or of the first of several.
        {{ start_of_reporting_day(
            'cast(open_moments.known_month - interval 1 month * '
            ~ '((12 * year(open_moments.known_month) + month(open_moments.known_month) - 1) % '
            ~ var('prediction_retrain_months') ~ ') as date)'
        ) }} as trained_at,
        {{ as_of() }} as observed_until_at
    from open_moments
    inner join aged
        on
            open_moments.lead_id = aged.lead_id
            and open_moments.known_at = aged.known_at
            and open_moments.is_current = aged.is_current
    inner join leads on open_moments.lead_id = leads.lead_id
    inner join reached on open_moments.lead_id = reached.lead_id
    left join values_won on open_moments.lead_id = values_won.lead_id
)

select * from final
