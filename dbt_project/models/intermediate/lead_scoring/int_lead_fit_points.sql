-- Method: each attribute of a lead gets the points of the first rule of score_fit_points that it meets. Rules are tried
-- once per distinct value.
with

profiles as (
    select * from {{ ref('int_lead_profiles') }}
),

rules as (
    select * from {{ ref('score_fit_points') }}
),

attributes as (
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

distinct_values as (
    select distinct
        attribute,
        word,
        quantity
    from attributes
    where word is not null or quantity is not null
),

first_matches as (
    select
        distinct_values.attribute,
        distinct_values.word,
        distinct_values.quantity,
        rules.points
    from distinct_values
    inner join rules
        on
            distinct_values.attribute = rules.attribute
            and (rules.pattern is null or {{ regexp_full_match('distinct_values.word', 'rules.pattern') }})
            and (rules.at_least is null or distinct_values.quantity >= rules.at_least)
            and (rules.below is null or distinct_values.quantity < rules.below)
    qualify row_number() over (
        partition by distinct_values.attribute, distinct_values.word, distinct_values.quantity
        order by rules.rule_order
    ) = 1
),

final as (
    select
        attributes.lead_id,
        attributes.attribute,
        first_matches.points
    from attributes
    inner join first_matches
        on
            attributes.attribute = first_matches.attribute
            and attributes.word is not distinct from first_matches.word
            and attributes.quantity is not distinct from first_matches.quantity
)

select * from final
