with

final as (
    select
        entity,
        row_id,
        original_currency,
        original_amount,
        dated_on
    from {{ ref('int_amounts_quarantined') }}
)

select * from final
