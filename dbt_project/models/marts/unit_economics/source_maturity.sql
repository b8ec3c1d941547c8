-- Method: chain ladder. Of the customers won by an age, the share won at that age is 1 - 1 / development factor; what
-- all later ages leave of 1 is the share won so far. To the customers of a source, `shrinkage_customers` average ones
-- of the attribution model are added.
{%- set k = var('shrinkage_customers') %}
with

development as (
    select * from {{ ref('source_development') }}
),

-- Sums of decimals do not depend on the order of rows.
overall as (
    select
        quarter,
        attribution_model,
        age_months,
        sum(cast(customers_at_age as decimal(28, 12))) as customers_at_age,
        sum(cast(customers_by_age as decimal(28, 12))) as customers_by_age,
        sum(sum(cast(customers_at_age as decimal(28, 12)))) over (partition by quarter, attribution_model) as customers
    from development
    group by quarter, attribution_model, age_months
),

shares as (
    select
        development.*,
        overall.customers > 0 as has_customers,
        coalesce({{ ratio(
            'development.customers_at_age + ' ~ k ~ ' * ' ~ ratio('overall.customers_at_age', 'overall.customers'),
            'development.customers_by_age + ' ~ k ~ ' * ' ~ ratio('overall.customers_by_age', 'overall.customers')
        ) }}, 0) as share_at_age
    from development
    inner join overall
        on
            development.quarter = overall.quarter
            and development.attribution_model = overall.attribution_model
            and development.age_months = overall.age_months
),

-- The logarithm of 0 is kept finite.
whole_months as (
    select
        *,
        case
            when has_customers
                then
                    round(exp(coalesce(
                        sum(ln(greatest(1 - share_at_age, 1e-300))) over (
                            partition by quarter, source, attribution_model order by age_months desc
                            rows between unbounded preceding and 1 preceding
                        ),
                        0
                    )), 9)
        end as share_won
    from shares
),

followed as (
    select
        *,
        lead(share_won, 1, share_won) over (
            partition by quarter, source, attribution_model order by age_months
        ) as next_share_won
    from whole_months
),

-- A part of a month counts as that part of its share.
final as (
    select
        quarter,
        source,
        attribution_model,
        age_months,
        known_before,
        share_at_age,
        share_won,
        round(
            share_won
            + (next_share_won - share_won) * {{ ratio(
                'extract(day from known_before) - 1', 'extract(day from last_day(known_before))'
            ) }},
            9
        ) as maturity_share
    from followed
)

select * from final
