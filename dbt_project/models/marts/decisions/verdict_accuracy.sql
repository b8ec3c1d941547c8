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
        held_decisions,
        {{ ratio('held_decisions', 'judged_decisions') }} as held_share,
        {{ wilson('held_decisions', 'judged_decisions', '-') }} as held_share_low,
        {{ wilson('held_decisions', 'judged_decisions', '+') }} as held_share_high,
        reversed_decisions,
        {{ ratio('reversed_decisions', 'judged_decisions') }} as reversed_share,
        {{ wilson('reversed_decisions', 'judged_decisions', '-') }} as reversed_share_low,
        {{ wilson('reversed_decisions', 'judged_decisions', '+') }} as reversed_share_high
    from counted
)

select * from final
