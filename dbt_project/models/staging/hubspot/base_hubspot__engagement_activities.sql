with

engagements as (
    select * from {{ ref('base_hubspot__engagements') }}
),

engagement_contacts as (
    select * from {{ source('hubspot', 'engagement_contact') }}
    {{ newest_version(['engagement_id', 'contact_id']) }}
),

engagement_companies as (
    select * from {{ source('hubspot', 'engagement_company') }}
    {{ newest_version(['engagement_id', 'company_id']) }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

companies as (
    select * from {{ ref('base_hubspot__companies') }}
),

-- Merged contacts took part once.
participants as (
    select
        engagement_contacts.engagement_id,
        coalesce(contacts.canonical_contact_id, engagement_contacts.contact_id) as canonical_contact_id,
        min(contacts.email) as email,
        min(case when contacts.is_canonical_deleted then 1 else 0 end) = 1 as is_deleted
    from engagement_contacts
    left join contacts on engagement_contacts.contact_id = contacts.id
    where not coalesce(engagement_contacts._fivetran_deleted, false)
    group by
        engagement_contacts.engagement_id,
        coalesce(contacts.canonical_contact_id, engagement_contacts.contact_id)
),

first_companies as (
    select
        engagement_companies.engagement_id,
        engagement_companies.company_id
    from engagement_companies
    left join companies on engagement_companies.company_id = companies.id
    where
        not coalesce(engagement_companies._fivetran_deleted, false)
        and not coalesce(companies.is_deleted, false)
    qualify row_number() over (
        partition by engagement_companies.engagement_id
        order by length(engagement_companies.company_id), engagement_companies.company_id
    ) = 1
),

-- One activity per person who took part; one of the company where no person is named.
final as (
    select
        concat_ws(':', engagements.engagement_id, participants.canonical_contact_id) as activity,
        engagements.occurred_at,
        engagements.activity_type,
        engagements.direction,
        participants.canonical_contact_id,
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
        and coalesce(participants.canonical_contact_id, first_companies.company_id) is not null
)

select * from final
