with

accounts as (
    select * from {{ ref('int_unified__accounts') }}
),

final as (
    select
        {{ url_host('domain') }} as domain,
        min(account_id) as account_id
    from accounts
    where {{ url_host('domain') }} is not null
    group by {{ url_host('domain') }}
)

select * from final
