with

classified as (
    select * from {{ ref('int_source_signals_classified') }}
    where is_unmapped
),

counted as (
    select * from {{ ref('int_source_signals_counted') }}
),

names as (
    select * from {{ ref('int_source_names') }}
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

clues as (
    select crm_source_word as word from combinations
    union
    select utm_source_word as word from combinations
    union
    select utm_medium_word as word from combinations
    union
    select referrer_platform as word from combinations
),

compared as (
    select
        clues.word,
        names.name,
        names.source,
        {{ similarity('clues.word', 'names.name') }} as similarity
    from clues
    cross join names
),

closest as (
    select
        word,
        source
    from compared
    where similarity >= {{ var('suggestion_min_similarity') }}
    qualify row_number() over (partition by word order by similarity desc, name asc) = 1
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
    left join closest as by_crm on combinations.crm_source_word = by_crm.word
    left join closest as by_source on combinations.utm_source_word = by_source.word
    left join closest as by_medium on combinations.utm_medium_word = by_medium.word
    left join closest as by_referrer on combinations.referrer_platform = by_referrer.word
)

select * from final
