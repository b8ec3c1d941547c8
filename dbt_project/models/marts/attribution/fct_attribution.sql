{{ config(materialized='view') }}
with

credits as (
    select * from {{ ref('int_attribution_credits') }}
),

markov_credits as (
    select * from {{ ref('int_markov_credits') }}
),

final as (
    select
        credits.conversion_id,
        credits.touchpoint_id,
        credits.conversion_type,
        credits.conversion_at,
        credits.source,
        credits.campaign,
        credits.value,
        credits.credit_first_touch,
        credits.credit_last_touch,
        credits.credit_linear,
        credits.credit_position_based,
        credits.credit_w_shaped,
        credits.credit_full_path,
        credits.credit_time_decay,
        markov_credits.credit_markov,
        credits.credit_shapley
    from credits
    inner join markov_credits
        on credits.conversion_id = markov_credits.conversion_id and credits.source = markov_credits.source
)

select * from final
