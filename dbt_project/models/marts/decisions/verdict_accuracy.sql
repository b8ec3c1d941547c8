with

decisions as (
    select * from {{ ref('decision_log') }}
),

counted as (
    select
        attribution_model,
        verdict,
        count(*) as decisions,
        count(verdict_held) as judged_decisions,
        count(case when verdict_held is not null and is_backfilled then 1 end) as backfilled_decisions,
        count(case when verdict_held then 1 end) as held_decisions,
        count(case when verdict_reversed then 1 end) as reversed_decisions
    from decisions
    group by attribution_model, verdict
),

final as (
    select
        attribution_model,
        verdict,
        decisions,
        judged_decisions,
        backfilled_decisions,
        {%- for kind in ['held', 'reversed'] %}
        {%- set share = [kind ~ '_decisions', 'judged_decisions'] %}
        {{ kind }}_decisions,
        {{ ratio(*share) }} as {{ kind }}_share,
        {{ wilson(share[0], share[1], '-') }} as {{ kind }}_share_low,
        {{ wilson(share[0], share[1], '+') }} as {{ kind }}_share_high{{ ',' if not loop.last }}
        {%- endfor %}
    from counted
)

select * from final
