{{ config(materialized='incremental', incremental_strategy='append') }}
with

signals as (
    select * from {{ ref('int_source_signals') }}
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
),

referrer_hosts as (
    select * from {{ ref('referrer_hosts') }}
),

click_ids as (
    select * from {{ ref('click_ids') }}
),

-- Analytics exports write a referrer's host as the source.
normalised as (
    select
        source_key,
        {{ normalise_text('utm_source') }} as utm_source,
        {{ normalise_text('utm_medium') }} as utm_medium,
        {{ normalise_text('utm_campaign') }} as utm_campaign,
        lower(coalesce(referrer_host, case when utm_source like '%_.__%' then utm_source end)) as referrer_host,
        lower(click_id_type) as click_id_type,
        {{ normalise_text('crm_source') }} as crm_source,
        lower(touch_type) as touch_type,
        lower(direction) as direction
    from signals
),

-- `google.*` stands for Google's country domains: .de, .com, .co.uk, .com.br.
host_patterns as (
    select
        referrer_hosts.host,
        referrer_hosts.referrer_type,
        referrer_hosts.platform,
        concat('%.', replace(referrer_hosts.host, '*', endings.ending)) as pattern
    from referrer_hosts
    cross join (values ('__'), ('___'), ('__.__'), ('___.__')) as endings (ending)
    where referrer_hosts.host like '%*' or endings.ending = '__'
),

hosts as (
    select distinct referrer_host from normalised
    where referrer_host is not null
),

-- The longest match wins: gemini.google.com is an assistant, mail.google.com is mail, google.* is search.
referrers as (
    select
        hosts.referrer_host,
        coalesce(host_patterns.referrer_type, 'other') as referrer_type,
        host_patterns.platform as referrer_platform
    from hosts
    left join host_patterns on concat('.', hosts.referrer_host) like host_patterns.pattern
    qualify row_number() over (
        partition by hosts.referrer_host order by length(host_patterns.host) desc nulls last, host_patterns.pattern
    ) = 1
),

-- A CRM that keeps a source beside a medium keeps a UTM pair.
final as (
    select
        normalised.source_key,
        coalesce(
            {{ null_if_placeholder('normalised.utm_source', 'normalised.utm_source') }},
            {{ null_if_placeholder('normalised.utm_medium', 'normalised.crm_source') }}
        ) as utm_source,
        {{ null_if_placeholder('normalised.utm_medium', 'normalised.utm_medium') }} as utm_medium,
        {{ null_if_placeholder('normalised.utm_campaign', 'normalised.utm_campaign') }} as utm_campaign,
        normalised.referrer_host,
        referrers.referrer_type,
        referrers.referrer_platform,
        normalised.click_id_type,
        click_ids.platform as click_id_platform,
        normalised.crm_source,
        normalised.touch_type,
        normalised.direction
    from normalised
    left join referrers on normalised.referrer_host = referrers.referrer_host
    left join click_ids on normalised.click_id_type = click_ids.click_id_type
)

select * from final
