{{ config(materialized='table' if target.name == 'postgres' else 'view') }}
with

credits as (
    select * from {{ ref('int_attribution_credits') }}
),

data_driven_credits as (
    select * from {{ ref('int_data_driven_credits') }}
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
        data_driven_credits.credit_markov,
        data_driven_credits.credit_shapley,
        data_driven_credits.credit_uplift
    from credits
    inner join data_driven_credits
        on
            credits.conversion_id = data_driven_credits.conversion_id
            and credits.source = data_driven_credits.source
)

select * from final
