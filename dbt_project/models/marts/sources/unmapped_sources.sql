with

classified as (
    select * from {{ ref('int_source_signals_classified') }}
    where is_unmapped
),

counted as (
    select * from {{ ref('int_source_signals_counted') }}
),

suggestions as (
    select * from {{ ref('int_source_suggestions') }}
),

-- Without combinations that no record has any more.
combinations as (
    select
        classified.utm_source,
        classified.utm_medium,
        classified.utm_campaign,
        classified.utm_content,
        classified.referrer_host,
        classified.crm_source,
        classified.utm_source_word,
        classified.utm_medium_word,
        classified.crm_source_word,
        classified.referrer_platform,
        sum(counted.sessions) + sum(counted.activities) as touches,
        sum(counted.leads) as leads,
        sum(counted.opportunities) as opportunities,
        sum(counted.cost_rows) as cost_rows,
        min(counted.first_seen_on) as first_seen_on,
        max(counted.last_seen_on) as last_seen_on
    from classified
    inner join counted on classified.source_key = counted.source_key
    group by
        classified.utm_source,
        classified.utm_medium,
        classified.utm_campaign,
        classified.utm_content,
        classified.referrer_host,
        classified.crm_source,
        classified.utm_source_word,
        classified.utm_medium_word,
        classified.crm_source_word,
        classified.referrer_platform
),

final as (
    select
        combinations.utm_source,
        combinations.utm_medium,
        combinations.utm_campaign,
        combinations.utm_content,
        combinations.referrer_host,
        combinations.crm_source,
        cast(combinations.touches as bigint) as touches,
        cast(combinations.leads as bigint) as leads,
        cast(combinations.opportunities as bigint) as opportunities,
        cast(combinations.cost_rows as bigint) as cost_rows,
        combinations.first_seen_on,
        combinations.last_seen_on,
        -- What a person wrote goes before the referrer.
        coalesce(by_crm.source, by_source.source, by_medium.source, by_referrer.source) as suggested_source
    from combinations
    left join suggestions as by_crm on combinations.crm_source_word = by_crm.word
    left join suggestions as by_source on combinations.utm_source_word = by_source.word
    left join suggestions as by_medium on combinations.utm_medium_word = by_medium.word
    left join suggestions as by_referrer on combinations.referrer_platform = by_referrer.word
)

select * from final
