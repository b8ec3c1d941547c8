"""GA4 as BigQuery exports it, one row per event, a day at a time in the table, the newest day while it goes on as well.

GA4 may not be told an e-mail: who a visitor is stays in the site's own log (`vendors.site_log`), under the same cookie.
The tablet at the conference is not measured by it.
"""

from sample_company.journeys import TERMINAL_ANONYMOUS_ID
from sample_company.vendors.files import VendorFile

SETUP = f"""
create macro text_param(name, content) as {{
    'key': name,
    'value': {{
        'string_value': content,
        'int_value': cast(null as varchar),
        'float_value': cast(null as double),
        'double_value': cast(null as double)
    }}
}};
create macro whole_param(name, content) as {{
    'key': name,
    'value': {{
        'string_value': cast(null as varchar),
        'int_value': cast(content as varchar),
        'float_value': cast(null as double),
        'double_value': cast(null as double)
    }}
}};

create table ga4_sessions as
select
    *,
    cast(started_at as timestamp) as began_at,
    cast(epoch(cast(started_at as timestamp)) as bigint) as ga_session_id,
    row_number() over visitor as ga_session_number,
    lead(cast(started_at as timestamp)) over visitor as next_at,
    first_value(started_at) over visitor as first_seen_at,
    first_value(utm_source) over visitor as first_source,
    first_value(utm_medium) over visitor as first_medium,
    -- Of click ids GA4 has a column for Google's only; the others are in the address, as the ad left them.
    case
        when click_id_type is null or click_id_type = 'gclid' then landing_page_url
        else landing_page_url || '?' || click_id_type || '=' || md5(session_id)
    end as page_location,
    case when click_id_type = 'gclid' then 'Cj0K' || md5(session_id) end as gclid
from web_sessions
where anonymous_id != '{TERMINAL_ANONYMOUS_ID}'
window visitor as (partition by anonymous_id order by started_at, session_id);

-- What GA4 itself reports of a visit, which tells where from; then what the visitor did.
create table ga4_happenings as
select
    session_id,
    unnest(case ga_session_number when 1 then ['first_visit', 'session_start', 'page_view']
        else ['session_start', 'page_view'] end) as event_name,
    began_at as happened_at,
    page_location,
    referrer_url as page_referrer,
    true as is_entrance
from ga4_sessions
union all
select
    web_events.session_id,
    web_events.event_name,
    -- A tab left open writes nothing more once the next visit has begun.
    least(cast(web_events.occurred_at as timestamp) + interval 250 milliseconds,
        ga4_sessions.next_at - interval 1 millisecond) as happened_at,
    web_events.page_url as page_location,
    ga4_sessions.landing_page_url as page_referrer,
    false as is_entrance
from web_events
inner join ga4_sessions on web_events.session_id = ga4_sessions.session_id
where happened_at > ga4_sessions.began_at;

create table ga4_events as
select
    strftime(happenings.happened_at, '%Y%m%d') as event_date,
    cast(epoch_us(happenings.happened_at) as varchar) as event_timestamp,
    happenings.event_name,
    list_filter([
        text_param('page_location', happenings.page_location),
        text_param('page_referrer', happenings.page_referrer),
        text_param('page_title', 'Northlight'),
        whole_param('ga_session_id', sessions.ga_session_id),
        whole_param('ga_session_number', sessions.ga_session_number),
        whole_param('entrances', case when happenings.is_entrance and happenings.event_name = 'page_view' then 1 end),
        text_param('session_engaged', '1')
    ], param -> param.value.string_value is not null or param.value.int_value is not null) as event_params,
    cast(row_number() over (partition by happenings.session_id order by happenings.happened_at) as varchar)
        as event_bundle_sequence_id,
    sessions.user_id,
    sessions.anonymous_id as user_pseudo_id,
    {{'analytics_storage': 'Yes', 'ads_storage': 'Yes', 'uses_transient_token': 'No'}} as privacy_info,
    cast(epoch_us(cast(sessions.first_seen_at as timestamp)) as varchar) as user_first_touch_timestamp,
    {{'category': 'desktop', 'operating_system': 'Windows', 'language': 'en-us'}} as device,
    {{'continent': 'Europe', 'country': case sessions.country
        when 'DE' then 'Germany' when 'FR' then 'France' when 'US' then 'United States'
        when 'GB' then 'United Kingdom' when 'NL' then 'Netherlands' when 'ES' then 'Spain' end}} as geo,
    -- The visitor's very first source, whatever brought this visit.
    {{
        'name': '(not set)',
        'medium': coalesce(sessions.first_medium, '(none)'),
        'source': coalesce(sessions.first_source, '(direct)')
    }} as traffic_source,
    case when happenings.is_entrance then {{
        'manual_campaign_id': cast(null as varchar),
        'manual_campaign_name': sessions.utm_campaign,
        'manual_source': sessions.utm_source,
        'manual_medium': sessions.utm_medium,
        'manual_term': sessions.utm_term,
        'manual_content': sessions.utm_content,
        'gclid': sessions.gclid,
        'dclid': cast(null as varchar),
        'srsltid': cast(null as varchar)
    }} end as collected_traffic_source,
    '1234567890' as stream_id,
    'WEB' as platform
from ga4_happenings as happenings
inner join ga4_sessions as sessions on happenings.session_id = sessions.session_id
order by happenings.happened_at, happenings.session_id, happenings.event_name;

-- Who did not consent has no cookie, so nobody can say whose page view it was.
insert into ga4_events by name
select
    strftime(cast(occurred_at as timestamp), '%Y%m%d') as event_date,
    cast(epoch_us(cast(occurred_at as timestamp)) as varchar) as event_timestamp,
    event_name,
    [text_param('page_location', page_url)] as event_params,
    {{'analytics_storage': 'No', 'ads_storage': 'No', 'uses_transient_token': 'No'}} as privacy_info,
    '1234567890' as stream_id,
    'WEB' as platform
from web_events
where event_name = 'page_view' and session_id is null;
"""

FILES = (
    VendorFile("events", "events_daily.jsonl.gz", "select * from ga4_events"),
    VendorFile(
        "events",
        "events_intraday.jsonl",
        "select * from ga4_events where event_date = (select max(event_date) from ga4_events)",
        repeats=True,
    ),
)
