{{ config(materialized='view') }}
with

tagged as (
    select * from {{ ref('int_sessions_tagged') }}
),

-- Analytics exports write a referrer's host as the source and referral as the medium.
hosts as (
    select
        *,
        {{ shared_domain('any_referrer_host', 'landing_host') }} as shared_domain,
        case when lower(utm_medium) = 'referral' then {{ url_host('utm_source') }} end as tagged_host
    from tagged
),

shared as (
    select
        *,
        {{ shared_domain('tagged_host', 'landing_host') }} as tagged_domain
    from hosts
),

-- The company's own pages are no referrer: the same host, or another one of the same registrable domain.
referred as (
    select
        *,
        tagged_domain is not null and {{ is_registrable('tagged_domain') }} as is_own_tag,
        case
            when any_referrer_host = landing_host then null
            when {{ is_registrable('shared_domain') }} then null
            else any_referrer_host
        end as referrer_host
    from shared
),

-- Nor are their tags a source.
outside as (
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        case when not is_own_tag then utm_source end as utm_source,
        case when not is_own_tag then utm_medium end as utm_medium,
        case when not is_own_tag then utm_campaign end as utm_campaign,
        case when not is_own_tag then utm_content end as utm_content,
        referrer_host,
        click_id_type,
        started_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from referred
),

final as (
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        referrer_host,
        click_id_type,
        {{ source_key(
            "'session'", 'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host', 'click_id_type',
            utm_content='case when coalesce(utm_source, utm_medium, utm_campaign, click_id_type) is null then utm_content end'
        ) }} as source_key,
        started_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from outside
)

select * from final
