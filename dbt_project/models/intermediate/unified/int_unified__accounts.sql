with

newest as (
    select * from {{ all_feeds('accounts') }} as feeds
    {{ newest_version(['account_id'], 'updated_at') }}
),

final as (
    select
        account_id,
        feed,
        name as account_name,
        lower(trim(domain)) as domain,
        industry,
        country,
        employees,
        updated_at
    from newest
    where not coalesce(is_deleted, false)
)

select * from final
