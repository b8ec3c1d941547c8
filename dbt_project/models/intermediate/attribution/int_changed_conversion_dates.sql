-- Dates on which a conversion or one of its credits changed. New removal effects change every date.
with

credits as (
    select * from {{ ref('int_attribution_credits') }}
),

deleted as (
    select * from {{ source('previous_run', 'int_attribution_credits__deleted') }}
),

changed_conversions as (
    select * from {{ ref('int_changed_conversions') }}
),

inserted as (
    select * from credits
    where conversion_id in (select conversion_id from changed_conversions)
),

differing as (
    (select * from inserted except select * from deleted)
    union all
    (select * from deleted except select * from inserted)
),

changed as (
    select conversion_date from differing
    union
    select conversion_date from credits
    where {{ is_markov_refresh_due() }}
),

final as (
    select conversion_date from changed
    where {{ is_incremental_run() }}
)

select * from final
