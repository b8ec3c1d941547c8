-- Whatever a cohort is split by, the parts sum to the whole: cohorts and dimensions of funnel_by_dimension where they
-- do not.
with

funnels as (
    select * from {{ ref('funnel_by_dimension') }}
),

summed as (
    select
        cohort,
        dimension,
        sum(leads) as leads,
        sum(mqls) as mqls,
        sum(sqls) as sqls,
        sum(opportunities) as opportunities,
        sum(customers) as customers,
        sum(disqualified) as disqualified,
        sum(recycled) as recycled
    from funnels
    group by cohort, dimension
),

wholes as (
    select * from summed
    where dimension = 'all'
),

final as (
    select
        summed.cohort,
        summed.dimension
    from summed
    left join wholes on summed.cohort = wholes.cohort
    where
        (
            summed.leads, summed.mqls, summed.sqls, summed.opportunities,
            summed.customers, summed.disqualified, summed.recycled
        ) is distinct from (
            wholes.leads, wholes.mqls, wholes.sqls, wholes.opportunities,
            wholes.customers, wholes.disqualified, wholes.recycled
        )
)

select * from final
