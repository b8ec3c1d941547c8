with

email_events as (
    select * from {{ source('hubspot', 'email_event') }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

newest_email_events as (
    select * from email_events
    {{ newest_version(['id']) }}
),

-- Where several contacts have one address, the activity is the first contact's.
addresses as (
    select
        {{ email_address('email') }} as address,
        canonical_contact_id,
        is_canonical_deleted
    from contacts
    where {{ email_address('email') }} is not null
    qualify row_number() over (partition by {{ email_address('email') }} order by length(id), id) = 1
),

-- E-mails that were only sent or opened are no activity, nor are clicks by machines.
final as (
    select
        newest_email_events.id as activity,
        newest_email_events.created as occurred_at,
        case newest_email_events.type when 'REPLY' then 'reply' else 'email' end as activity_type,
        'inbound' as direction,
        addresses.canonical_contact_id,
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
    left join addresses on {{ email_address('newest_email_events.recipient') }} = addresses.address
    where
        newest_email_events.type in ('CLICK', 'REPLY')
        and newest_email_events.recipient is not null
        and not coalesce(newest_email_events.filtered_event, false)
        and not coalesce(addresses.is_canonical_deleted, false)
)

select * from final
