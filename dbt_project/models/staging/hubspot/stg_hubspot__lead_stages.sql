{%- set lifecycle_stages = {
    'lead': ['lead'], 'mql': ['marketingqualifiedlead'], 'sql': ['salesqualifiedlead'], 'opportunity': ['opportunity'],
    'customer': ['customer'],
} -%}
with

history as (
    select * from {{ source('hubspot', 'contact_property_history') }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

entered as (
    select
        coalesce(contacts.canonical_contact_id, history.contact_id) as canonical_contact_id,
        case
            when history.name = 'lifecyclestage' then {{ map_values('history.value', lifecycle_stages) }}
            when history.name = 'hs_lead_status' then {{ map_values('history.value', var('lead_status_stages')) }}
        end as stage,
        history.timestamp as entered_at,
        history._file,
        history._landed_at,
        history.file_row_number,
        history._checksum
    from history
    left join contacts on history.contact_id = contacts.id
    where not coalesce(contacts.is_canonical_deleted, false)
),

{%- for stage, names in lifecycle_stages.items() %}

dated_{{ stage }} as (
    select
        canonical_contact_id,
        '{{ stage }}' as stage,
        property_hs_lifecyclestage_{{ names[0] }}_date as entered_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from contacts
    where is_canonical and not is_canonical_deleted and property_hs_lifecyclestage_{{ names[0] }}_date is not null
),
{%- endfor %}

-- HubSpot rounds these dates differently from the history: they count where the history has no such stage.
dated as (
    {%- for stage in lifecycle_stages %}
    select * from dated_{{ stage }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

not_in_history as (
    select dated.*
    from dated
    left join entered on dated.canonical_contact_id = entered.canonical_contact_id and dated.stage = entered.stage
    where entered.canonical_contact_id is null
),

unioned as (
    select * from entered
    where stage is not null
    union all
    select * from not_in_history
),

-- History is sent again with its contact, and by both contacts of a merge.
newest as (
    select * from unioned
    {{ newest_version(['canonical_contact_id', 'stage', 'entered_at']) }}
),

final as (
    select
        {{ vendor_id('hubspot', 'canonical_contact_id') }} as lead_id,
        stage,
        entered_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
)

select * from final
