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
    select credits.*
    from credits
    inner join changed_conversions on credits.conversion_id = changed_conversions.conversion_id
),

no_longer as (
    select * from deleted
    except
    select * from inserted
),

newly as (
    select * from inserted
    except
    select * from deleted
),

changed as (
    select conversion_date from no_longer
    union
    select conversion_date from newly
    union
    select conversion_date from credits
    where {{ is_markov_refresh_due() }}
),

final as (
    select conversion_date from changed
    where {{ is_incremental_run() }}
)

select * from final
