{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='conversion_date',
    changed_keys='int_changed_conversion_dates',
    on_schema_change='fail'
) }}
with

credits as (
    select * from {{ ref('int_attribution_credits') }}
    where {{ is_changed('conversion_date', 'int_changed_conversion_dates') }}
),

data_driven_credits as (
    select * from {{ ref('int_data_driven_credits') }}
),

joined as (
    select
        credits.*,
        data_driven_credits.credit_markov,
        data_driven_credits.credit_shapley,
        data_driven_credits.credit_uplift
    from credits
    inner join data_driven_credits
        on
            credits.conversion_id = data_driven_credits.conversion_id
            and credits.source = data_driven_credits.source
),

-- Sums of decimals do not depend on the order of rows.
sums as (
    select
        {%- for model in attribution_model_names() %}
        sum(cast(credit_{{ model }} as decimal(18, 15))) as conversions_{{ model }},
        sum(value * cast(credit_{{ model }} as decimal(18, 15))) as value_{{ model }},
        {%- endfor %}
        conversion_date,
        conversion_type,
        source,
        campaign
    from joined
    group by conversion_date, conversion_type, source, campaign
),

unpivoted as (
    {%- for model in attribution_model_names() %}
    select
        conversion_date,
        conversion_type,
        '{{ model }}' as attribution_model,
        source,
        campaign,
        conversions_{{ model }} as conversions,
        value_{{ model }} as value
    from sums
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        conversion_date,
        conversion_type,
        attribution_model,
        source,
        campaign,
        cast(conversions as double) as conversions,
        cast(value as decimal(28, 10)) as value
    from unpivoted
    where conversions > 0
)

select * from final
