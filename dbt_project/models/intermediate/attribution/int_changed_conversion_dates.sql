with

credits as (
    select * from {{ ref('int_attribution_credits') }}
),

{%- if is_incremental_run() %}

changed as (
    select * from credits
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
),

differing as (
    (select * from changed except select * from {{ deleted_rows(ref('int_attribution_credits')) }})
    union all
    (select * from {{ deleted_rows(ref('int_attribution_credits')) }} except select * from changed)
    union all
    select * from credits
    where {{ is_markov_refresh_due() }}
),
{%- else %}

differing as (
    select * from credits
    where false
),
{%- endif %}

final as (
    select distinct conversion_date from differing
)

select * from final
