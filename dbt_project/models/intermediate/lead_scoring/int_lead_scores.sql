-- Fit: the points of the first row of score_fit_points that each of a lead's facts meets, tried once per distinct fact.
-- Behaviour: the points of the person's touches, each halved every `score_half_life_days` of its age.
{%- set attributes = ['company_size', 'industry', 'country', 'seniority', 'completeness'] %}
with

leads as (
    select * from {{ ref('int_leads') }}
),

profiles as (
    select * from {{ ref('int_lead_profiles') }}
),

touches as (
    select * from {{ ref('int_identified_touchpoints') }}
),

fit_points as (
    select * from {{ ref('score_fit_points') }}
),

touch_points as (
    select * from {{ ref('score_touch_points') }}
),

facts as (
    select lead_id, 'company_size' as attribute, cast(null as varchar) as word, employees as quantity from profiles
    union all
    select lead_id, 'industry' as attribute, industry_word as word, cast(null as bigint) as quantity from profiles
    union all
    select lead_id, 'country' as attribute, country_word as word, cast(null as bigint) as quantity from profiles
    union all
    select lead_id, 'seniority' as attribute, job_title_word as word, cast(null as bigint) as quantity from profiles
    union all
    select lead_id, 'completeness' as attribute, cast(null as varchar) as word, known_facts as quantity from profiles
),

distinct_facts as (
    select distinct
        attribute,
        word,
        quantity
    from facts
    where word is not null or quantity is not null
),

points_by_fact as (
    select
        distinct_facts.attribute,
        distinct_facts.word,
        distinct_facts.quantity,
        fit_points.points
    from distinct_facts
    inner join fit_points
        on
            distinct_facts.attribute = fit_points.attribute
            and (fit_points.pattern is null or {{ regexp_full_match('distinct_facts.word', 'fit_points.pattern') }})
            and (fit_points.at_least is null or distinct_facts.quantity >= fit_points.at_least)
            and (fit_points.below is null or distinct_facts.quantity < fit_points.below)
    qualify row_number() over (
        partition by distinct_facts.attribute, distinct_facts.word, distinct_facts.quantity
        order by fit_points.rule_order
    ) = 1
),

fit as (
    select
        facts.lead_id,
        {%- for attribute in attributes %}
        sum(case when facts.attribute = '{{ attribute }}' then points_by_fact.points else 0 end)
            as {{ attribute }}_points,
        {%- endfor %}
        sum(points_by_fact.points) as fit_score
    from facts
    inner join points_by_fact
        on
            facts.attribute = points_by_fact.attribute
            and facts.word is not distinct from points_by_fact.word
            and facts.quantity is not distinct from points_by_fact.quantity
    group by facts.lead_id
),

persons as (
    select distinct person_id from leads
),

-- Decimals, so that no sum depends on the order of its rows.
behaviour as (
    select
        touches.person_id,
        round(cast(sum(cast(
            touch_points.points * power(
                cast(0.5 as double),
                {{ seconds_between('touches.occurred_at', as_of()) }} / 86400.0 / {{ var('score_half_life_days') }}
            ) as decimal(18, 9)
        )) as double), 2) as behaviour_score
    from touches
    inner join persons on touches.person_id = persons.person_id
    inner join touch_points on touches.touch_type = touch_points.touch_type
    where touches.occurred_at <= {{ as_of() }}
    group by touches.person_id
),

scored as (
    select
        leads.lead_id,
        {%- for attribute in attributes %}
        cast(coalesce(fit.{{ attribute }}_points, 0) as double) as {{ attribute }}_points,
        {%- endfor %}
        cast(coalesce(fit.fit_score, 0) as double) as fit_score,
        cast(coalesce(behaviour.behaviour_score, 0) as double) as behaviour_score,
        round(cast(coalesce(fit.fit_score, 0) as double) + coalesce(behaviour.behaviour_score, 0), 2) as score
    from leads
    left join fit on leads.lead_id = fit.lead_id
    left join behaviour on leads.person_id = behaviour.person_id
),

final as (
    select
        *,
        case
            when score >= {{ var('hot_from_score') }} then 'hot'
            when score >= {{ var('warm_from_score') }} then 'warm'
            else 'cold'
        end as temperature
    from scored
)

select * from final
