with

newest as (
    select * from {{ all_feeds('experiments') }} as feeds
    {{ newest_version(['experiment_id', 'country', 'starts_on']) }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

segment_words as (
    select * from {{ ref('segment_words') }}
    where segment = 'country'
),

normalised as (
    select
        *,
        {{ normalise_text('country') }} as country_word
    from newest
    where starts_on <= ends_on
),

final as (
    select
        md5(concat_ws(chr(31), normalised.experiment_id, normalised.starts_on, normalised.country)) as period_id,
        normalised.feed,
        normalised.experiment_id,
        coalesce(catalogue.source, 'unknown') as source,
        coalesce(segment_words.value, upper(replace(normalised.country_word, '_', ' '))) as country,
        normalised.state,
        normalised.starts_on,
        normalised.ends_on,
        normalised.spend
    from normalised
    left join catalogue on lower(trim(normalised.source)) = catalogue.source
    left join segment_words on normalised.country_word = segment_words.word
)

select * from final
