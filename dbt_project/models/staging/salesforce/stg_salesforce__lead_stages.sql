with

lead_history as (
    select * from {{ source('salesforce', 'lead_history') }}
    {{ newest_version(['id']) }}
),

leads as (
    {{ newest_in_salesforce('lead') }}
),

persons as (
    select * from {{ ref('base_salesforce__persons') }}
),

-- A converted lead is an SQL. The conversion has a date only, in a time zone that may be behind that of the
-- reports: it is not before the lead's creation.
entered as (
    select
        lead_id as id,
        {{ map_values('new_value', var('lead_status_stages')) }} as stage,
        created_date as entered_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from lead_history
    where lower(field) = 'status' and not coalesce(is_deleted, false)
    union all
    select
        id,
        'sql' as stage,
        case
            when cast(converted_date as date) < {{ reporting_date('created_date') }} then created_date
            else {{ date_alone('converted_date') }}
        end as entered_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from leads
    where is_converted and converted_date is not null
),

final as (
    select
        {{ vendor_id('salesforce', 'coalesce(persons.canonical_id, entered.id)') }} as lead_id,
        entered.stage,
        entered.entered_at,
        entered._file,
        entered._landed_at,
        entered.file_row_number,
        entered._checksum
    from entered
    left join persons on entered.id = persons.id
    where entered.stage is not null and not coalesce(persons.is_canonical_deleted, false)
)

select * from final
