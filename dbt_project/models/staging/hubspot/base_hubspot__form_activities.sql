with

submissions as (
    select * from {{ source('hubspot', 'contact_form_submission') }}
),

forms as (
    select * from {{ source('hubspot', 'form') }}
    {{ newest_version(['guid']) }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

-- A submission is sent again whenever its contact changes, after a merge by the canonical contact. The first version
-- has the contact that sent the form.
first_submissions as (
    select * from submissions
    qualify row_number() over (
        partition by conversion_id order by _landed_at nulls first, _file nulls first, file_row_number, _checksum
    ) = 1
),

final as (
    select
        first_submissions.conversion_id as activity,
        first_submissions.timestamp as occurred_at,
        'form' as activity_type,
        'inbound' as direction,
        coalesce(contacts.canonical_contact_id, first_submissions.contact_id) as canonical_contact_id,
        contacts.email,
        cast(null as varchar) as company_id,
        cast(null as varchar) as source,
        cast(null as varchar) as campaign,
        coalesce(forms.name, first_submissions.title) as outcome,
        first_submissions._file,
        first_submissions._landed_at,
        first_submissions.file_row_number,
        first_submissions._checksum
    from first_submissions
    left join contacts on first_submissions.contact_id = contacts.id
    left join forms on first_submissions.form_id = forms.guid
    where not coalesce(contacts.is_canonical_deleted, false)
)

select * from final
