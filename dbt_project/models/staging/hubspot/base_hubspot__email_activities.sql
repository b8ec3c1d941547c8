with

email_events as (
    select * from {{ source('hubspot', 'email_event') }}
    {{ newest_version(['id']) }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
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
        email_events.id as activity,
        email_events.created as occurred_at,
        case email_events.type when 'REPLY' then 'reply' else 'email' end as activity_type,
        'inbound' as direction,
        addresses.canonical_contact_id,
        email_events.recipient as email,
        cast(null as varchar) as company_id,
        'email_marketing' as source,
        email_events.email_campaign_id as campaign,
        lower(email_events.type) as outcome,
        email_events._file,
        email_events._landed_at,
        email_events.file_row_number,
        email_events._checksum
    from email_events
    left join addresses on {{ email_address('email_events.recipient') }} = addresses.address
    where
        email_events.type in ('CLICK', 'REPLY')
        and email_events.recipient is not null
        and not coalesce(email_events.filtered_event, false)
        and not coalesce(addresses.is_canonical_deleted, false)
)

select * from final
