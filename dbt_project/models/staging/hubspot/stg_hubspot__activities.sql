with

engagements as (
    select * from {{ ref('base_hubspot__engagements') }}
),

engagement_contacts as (
    select * from {{ source('hubspot', 'engagement_contact') }}
),

engagement_companies as (
    select * from {{ source('hubspot', 'engagement_company') }}
),

submissions as (
    select * from {{ source('hubspot', 'contact_form_submission') }}
),

forms as (
    select * from {{ source('hubspot', 'form') }}
),

email_events as (
    select * from {{ source('hubspot', 'email_event') }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

companies as (
    select * from {{ ref('base_hubspot__companies') }}
),

newest_forms as (
    select * from forms
    {{ newest_version(['guid']) }}
),

-- A submission is told again whenever its contact changes; by the one that is left once contacts were merged, and then
-- the first telling has the e-mail address that it came with.
first_submissions as (
    select * from submissions
    qualify row_number() over (
        partition by conversion_id order by _landed_at nulls first, _file nulls first, file_row_number, _checksum
    ) = 1
),

newest_email_events as (
    select * from email_events
    {{ newest_version(['id']) }}
),

newest_engagement_contacts as (
    select * from engagement_contacts
    {{ newest_version(['engagement_id', 'contact_id']) }}
),

newest_engagement_companies as (
    select * from engagement_companies
    {{ newest_version(['engagement_id', 'company_id']) }}
),

-- Contacts that became one were at the table once.
participants as (
    select
        newest_engagement_contacts.engagement_id,
        coalesce(contacts.lead, newest_engagement_contacts.contact_id) as lead,
        min(contacts.email) as email,
        min(case when contacts.is_lead_deleted then 1 else 0 end) = 1 as is_deleted
    from newest_engagement_contacts
    left join contacts on newest_engagement_contacts.contact_id = contacts.id
    where not coalesce(newest_engagement_contacts._fivetran_deleted, false)
    group by
        newest_engagement_contacts.engagement_id,
        coalesce(contacts.lead, newest_engagement_contacts.contact_id)
),

first_companies as (
    select
        newest_engagement_companies.engagement_id,
        newest_engagement_companies.company_id
    from newest_engagement_companies
    left join companies on newest_engagement_companies.company_id = companies.id
    where
        not coalesce(newest_engagement_companies._fivetran_deleted, false)
        and not coalesce(companies.is_deleted, false)
    qualify row_number() over (
        partition by newest_engagement_companies.engagement_id
        order by length(newest_engagement_companies.company_id), newest_engagement_companies.company_id
    ) = 1
),

-- One activity per person who took part; one of the company where nobody is named.
attended as (
    select
        concat_ws(':', engagements.engagement_id, participants.lead) as activity,
        engagements.occurred_at,
        engagements.activity_type,
        engagements.direction,
        participants.lead,
        participants.email,
        first_companies.company_id,
        cast(null as varchar) as source,
        cast(null as varchar) as campaign,
        engagements.outcome,
        engagements._file,
        engagements._landed_at,
        engagements.file_row_number,
        engagements._checksum
    from engagements
    left join participants on engagements.engagement_id = participants.engagement_id
    left join first_companies on engagements.engagement_id = first_companies.engagement_id
    where
        not coalesce(participants.is_deleted, false)
        and coalesce(participants.lead, first_companies.company_id) is not null
),

submitted as (
    select
        first_submissions.conversion_id as activity,
        first_submissions.timestamp as occurred_at,
        'form' as activity_type,
        'inbound' as direction,
        coalesce(contacts.lead, first_submissions.contact_id) as lead,
        contacts.email,
        cast(null as varchar) as company_id,
        cast(null as varchar) as source,
        cast(null as varchar) as campaign,
        coalesce(newest_forms.name, first_submissions.title) as outcome,
        first_submissions._file,
        first_submissions._landed_at,
        first_submissions.file_row_number,
        first_submissions._checksum
    from first_submissions
    left join contacts on first_submissions.contact_id = contacts.id
    left join newest_forms on first_submissions.form_id = newest_forms.guid
    where not coalesce(contacts.is_lead_deleted, false)
),

-- Several contacts with one address are an error of HubSpot's; the activity is then the first one's.
addresses as (
    select
        lower(trim(email)) as address,
        lead,
        is_lead_deleted
    from contacts
    where email is not null
    qualify row_number() over (partition by lower(trim(email)) order by length(id), id) = 1
),

-- What was sent or merely opened is no activity; what a machine clicked is none either.
answered as (
    select
        newest_email_events.id as activity,
        newest_email_events.created as occurred_at,
        case newest_email_events.type when 'REPLY' then 'reply' else 'email' end as activity_type,
        'inbound' as direction,
        addresses.lead,
        newest_email_events.recipient as email,
        cast(null as varchar) as company_id,
        'email_marketing' as source,
        newest_email_events.email_campaign_id as campaign,
        lower(newest_email_events.type) as outcome,
        newest_email_events._file,
        newest_email_events._landed_at,
        newest_email_events.file_row_number,
        newest_email_events._checksum
    from newest_email_events
    left join addresses on lower(trim(newest_email_events.recipient)) = addresses.address
    where
        newest_email_events.type in ('CLICK', 'REPLY')
        and newest_email_events.recipient is not null
        and not coalesce(newest_email_events.filtered_event, false)
        and not coalesce(addresses.is_lead_deleted, false)
),

unioned as (
    select * from attended
    union all
    select * from submitted
    union all
    select * from answered
),

final as (
    select
        {{ vendor_id('hubspot', 'activity') }} as activity_id,
        occurred_at,
        activity_type,
        direction,
        {{ vendor_id('hubspot', 'lead') }} as lead_id,
        email,
        {{ vendor_id('hubspot', 'company_id') }} as account_id,
        source,
        campaign,
        outcome,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from unioned
)

select * from final
