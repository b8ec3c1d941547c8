-- Method: each country is compared with itself, days with the source against days without. Customers are those that the
-- leads of these days became, over the days times the share of their customers that has come. Each rate has the score
-- interval of a Poisson count; the distances to their ends add in quadrature.
{%- set states = ['on', 'off'] %}
with

periods as (
    select * from {{ ref('experiment_periods') }}
),

countries as (
    select
        quarter,
        experiment_id,
        source,
        country,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        {%- for state in states %}
        {%- for figure in ['days', 'mature_days', 'leads', 'spend'] %}
        sum(case when state = '{{ state }}' then {{ figure }} end) as {{ figure }}_{{ state }},
        {%- endfor %}
        cast(sum(case when state = '{{ state }}' then customers end) as double) as customers_{{ state }},
        {%- endfor %}
        count(*) as periods
    from periods
    group by quarter, experiment_id, source, country
),

rated as (
    select
        *,
        {%- for state in states %}
        {{ ratio('leads_' ~ state, 'days_' ~ state) }} as lead_rate_{{ state }},
        {{ ratio('spend_' ~ state, 'days_' ~ state) }} as spend_rate_{{ state }},
        {{ ratio('customers_' ~ state, 'mature_days_' ~ state) }} as rate_{{ state }},
        {{ ratio(count_low('customers_' ~ state), 'mature_days_' ~ state) }} as rate_{{ state }}_low,
        {{ ratio(count_high('customers_' ~ state), 'mature_days_' ~ state) }} as rate_{{ state }}_high,
        {%- endfor %}
        mature_days_on > 0 and mature_days_off > 0 as is_compared
    from countries
),

summed as (
    select
        quarter,
        experiment_id,
        source,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        {%- for state in states %}
        sum(days_{{ state }}) as days_{{ state }},
        sum(leads_{{ state }}) as leads_{{ state }},
        sum(customers_{{ state }}) as customers_{{ state }},
        sum(lead_rate_{{ state }}) as leads_per_day_{{ state }},
        sum(rate_{{ state }}) as customers_per_day_{{ state }},
        {%- endfor %}
        sum(rate_on - rate_off) as difference,
        sqrt(sum(power(rate_on - rate_on_low, 2) + power(rate_off_high - rate_off, 2))) as error_low,
        sqrt(sum(power(rate_on_high - rate_on, 2) + power(rate_off - rate_off_low, 2))) as error_high,
        -- Unknown where that of a country is.
        case when count(spend_rate_on - spend_rate_off) = count(*) then sum(spend_rate_on - spend_rate_off) end
            as spend_difference
    from rated
    where is_compared
    group by quarter, experiment_id, source
),

final as (
    select
        quarter,
        experiment_id,
        source,
        starts_on,
        ends_on,
        {%- for figure in ['days', 'leads', 'customers'] %}
        {%- for state in states %}
        cast({{ figure }}_{{ state }} as integer) as {{ figure }}_{{ state }},
        {%- endfor %}
        {%- endfor %}
        {%- for figure in ['leads_per_day', 'customers_per_day'] %}
        {%- for state in states %}
        round({{ figure }}_{{ state }}, 9) as {{ figure }}_{{ state }},
        {%- endfor %}
        {%- endfor %}
        round(difference, 9) as customers_per_day_difference,
        round(difference - error_low, 9) as customers_per_day_difference_low,
        round(difference + error_high, 9) as customers_per_day_difference_high,
        round({{ ratio('leads_per_day_on', 'leads_per_day_off') }} - 1, 9) as lead_lift_rate,
        round({{ ratio('customers_per_day_on', 'customers_per_day_off') }} - 1, 9) as customer_lift_rate,
        {%- for end, figure in [
            ('', 'difference'), ('_low', 'difference + error_high'), ('_high', 'difference - error_low')
        ] %}
        case
            when spend_difference > 0 and {{ figure }} > 0 then round({{ ratio('spend_difference', figure) }}, 6)
        end as incremental_cac{{ end }},
        {%- endfor %}
        round(spend_difference, 6) as spend_per_day_difference
    from summed
)

select * from final
