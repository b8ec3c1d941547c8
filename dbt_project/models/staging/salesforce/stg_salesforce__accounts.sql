with

accounts as (
    {{ newest_in_salesforce('account') }}
),

final as (
    select
        {{ vendor_id('salesforce', 'id') }} as account_id,
        coalesce(system_modstamp, last_modified_date) as updated_at,
        name,
        website as domain,
        industry,
        number_of_employees as employees,
        billing_country as country,
        is_gone as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from accounts
)

select * from final
