{{ config(materialized='incremental', incremental_strategy='append') }}
{%- set is_host = "'(https?://)?([a-zA-Z0-9_-]+[.])+[a-zA-Z][a-zA-Z0-9-]+[.]?(/[^ ]*)?'" %}
{%- set crm_records = "('lead_created', 'opportunity')" %}
with

signals as (
    select * from {{ ref('int_source_signals') }}
    {%- if is_incremental() %}
    where source_key not in (select source_key from {{ this }})
    {%- endif %}
),

-- What sends visitors back and never brings one is `ignored`.
referrer_hosts as (
    select host, referrer_type, platform from {{ ref('referrer_hosts') }}
    union all
    select host, 'ignored' as referrer_type, kind as platform from {{ ref('ignored_referrers') }}
    {%- for host in var('own_domains') + var('ignored_referrers') %}
    union all
    select '{{ host }}' as host, 'ignored' as referrer_type, null as platform
    {%- endfor %}
),

click_ids as (
    select * from {{ ref('click_ids') }}
),

-- Analytics exports write a referrer's host as the source, and so do CRMs, or its address.
normalised as (
    select
        source_key,
        {{ normalise_text('utm_source') }} as utm_source,
        {{ normalise_text('utm_medium') }} as utm_medium,
        {{ normalise_text('coalesce(utm_campaign, utm_content)') }} as utm_campaign,
        {{ regexp_replace_all("lower(coalesce(
            " ~ without_placeholder('referrer_host') ~ ",
            case when " ~ regexp_full_match('utm_source', is_host) ~ " then " ~ url_host('utm_source') ~ " end,
            case when touch_type in " ~ crm_records ~ " and " ~ regexp_full_match('crm_source', is_host) ~ " then " ~ url_host('crm_source') ~ " end
        ))", "'^www[.]|[.]$'", "''") }} as referrer_host,
        lower(click_id_type) as click_id_type,
        {{ normalise_text('crm_source') }} as crm_source,
        lower(touch_type) as touch_type,
        lower(direction) as direction
    from signals
),

hosts as (
    select distinct referrer_host from normalised
    where referrer_host is not null
),

-- A host is known by itself and by the domains that it is in: m.facebook.com is in facebook.com.
domains as (
    {%- for depth in range(6) %}
    select
        referrer_host,
        {{ depth }} as depth,
        {{ regexp_replace_all('referrer_host', "'^([^.]+[.]){" ~ depth ~ "}'", "''") }} as domain
    from hosts
    where {{ regexp_full_match('referrer_host', "'([^.]+[.]){" ~ depth ~ "}.+'") }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

-- `google.*` stands for Google's country domains (.de, .com, .co.uk, .com.br), `*.bing.com` for Bing's (cn, us).
named_domains as (
    select referrer_host, depth, domain, domain as host from domains
    {%- for part, star in [
        ("'[.][a-z]{2,3}$'", "'.*'"), ("'[.][a-z]{2,3}[.][a-z]{2}$'", "'.*'"), ("'^[a-z]{2,3}[.]'", "'*.'"),
    ] %}
    union
    select referrer_host, depth, domain, {{ regexp_replace_all('domain', part, star) }} as host from domains
    {%- endfor %}
),

-- The most specific row wins: mail.google.com is mail. A search engine's other hosts are no results pages.
referrers as (
    select
        hosts.referrer_host,
        coalesce(referrer_hosts.referrer_type, 'other') as referrer_type,
        referrer_hosts.platform as referrer_platform
    from hosts
    left join named_domains on hosts.referrer_host = named_domains.referrer_host
    left join referrer_hosts
        on
            named_domains.host = referrer_hosts.host
            and (named_domains.depth = 0 or referrer_hosts.referrer_type != 'search')
    qualify row_number() over (
        partition by hosts.referrer_host
        order by
            case when referrer_hosts.host is null then 1 else 0 end, named_domains.depth,
            case when referrer_hosts.referrer_type = 'ignored' then 0 else 1 end,
            case when referrer_hosts.host = named_domains.domain then 0 else 1 end, length(referrer_hosts.host) desc
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
