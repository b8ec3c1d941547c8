with

classified as (
    select * from {{ ref('int_source_combinations_classified') }}
    where is_unmapped
),

candidates as (
    select source_key from {{ ref('int_sessions') }}
    union all
    select source_key from {{ ref('int_activities') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
    where not is_unclear
),

touch_counts as (
    select source_key, count(*) as touches from candidates
    group by source_key
),

lead_counts as (
    select source_key, count(*) as leads from leads
    group by source_key
),

combinations as (
    select
        classified.utm_source,
        classified.utm_medium,
        classified.referrer_host,
        classified.crm_source,
        coalesce(sum(touch_counts.touches), 0) as touches,
        coalesce(sum(lead_counts.leads), 0) as leads
    from classified
    left join touch_counts on classified.source_key = touch_counts.source_key
    left join lead_counts on classified.source_key = lead_counts.source_key
    group by
        classified.utm_source,
        classified.utm_medium,
        classified.referrer_host,
        classified.crm_source
),

-- The catalogue's name that reads most like what was written.
suggested as (
    select
        combinations.*,
        catalogue.source as suggested_source
    from combinations
    cross join catalogue
    qualify row_number() over (
        partition by
            combinations.utm_source, combinations.utm_medium, combinations.referrer_host, combinations.crm_source
        order by
            {{ similarity(
                "lower(coalesce(combinations.crm_source, combinations.utm_source, combinations.referrer_host, ''))",
                'lower(catalogue.source_label)'
            ) }} desc,
            catalogue.source asc
    ) = 1
),

final as (
    select
        utm_source,
        utm_medium,
        referrer_host,
        crm_source,
        cast(touches as bigint) as touches,
        cast(leads as bigint) as leads,
        suggested_source
    from suggested
)

select * from final
