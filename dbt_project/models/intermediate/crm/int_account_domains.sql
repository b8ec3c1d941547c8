with

accounts as (
    select * from {{ ref('int_unified__accounts') }}
),

websites as (
    select
        account_id,
        {{ company_domain('domain') }} as domain
    from accounts
),

final as (
    select
        domain,
        min(account_id) as account_id
    from websites
    where {{ is_company_domain('domain') }}
    group by domain
)

select * from final
