-- Conversions that are new, gone or different, or whose persons or their touches changed.
with

conversion_persons as (
    select * from {{ ref('int_conversion_persons') }}
),

changed_persons as (
    select * from {{ ref('int_changed_persons') }}
),

changed as (
    select conversion_id from {{ row_diff('int_conversions') }} as conversions
    union
    select conversion_id from {{ row_diff('int_conversion_persons') }} as persons
    union
    select conversion_persons.conversion_id
    from conversion_persons
    inner join changed_persons on conversion_persons.person_id = changed_persons.person_id
),

final as (
    select conversion_id from changed
    where {{ is_incremental_run() }}
)

select * from final
