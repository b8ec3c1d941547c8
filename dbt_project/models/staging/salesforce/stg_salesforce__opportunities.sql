with

opportunities as (
    {{ newest_in_salesforce('opportunity') }}
),

opportunity_contacts as (
    select * from {{ ref('stg_salesforce__opportunity_contacts') }}
),

opportunities_with_contacts as (
    select distinct opportunity_id from opportunity_contacts
),

identified as (
    select
        *,
        {{ vendor_id('salesforce', 'id') }} as opportunity_id,
        coalesce(system_modstamp, last_modified_date) as updated_at
    from opportunities
),

final as (
    select
        identified.opportunity_id,
        coalesce(identified.created_date, identified.updated_at, identified._landed_at) as created_at,
        identified.updated_at,
        -- One with neither account nor contact is an account of its own, as a lead without an account is.
        coalesce(
            {{ vendor_id('salesforce', 'identified.account_id') }},
            case
                when opportunities_with_contacts.opportunity_id is null
                    then {{ vendor_id('salesforce', "'opportunity:' || identified.id") }}
            end
        ) as account_id,
        cast(null as varchar) as lead_id,
        identified.name,
        identified.stage_name as stage,
        identified.is_won,
        identified.is_closed,
        {{ date_alone('identified.close_date') }} as closed_at,
        cast(coalesce(identified.amount, 0) as decimal(18, 6)) as amount,
        identified.currency_iso_code as currency,
        identified.lead_source as source,
        identified.is_gone as is_deleted,
        identified._file,
        identified._landed_at,
        identified.file_row_number,
        identified._checksum
    from identified
    left join opportunities_with_contacts on identified.opportunity_id = opportunities_with_contacts.opportunity_id
)

select * from final
