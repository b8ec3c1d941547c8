-- Predictions whose horizon is over, each made by the last model trained before it: what was predicted and what came. A
-- lead counts once per training.
with

predictions as (
    select
        *,
        {{ month_of(reporting_date('known_at')) }} as month,
        cast(is_reached as integer) as reached
    from {{ ref('int_lead_predictions') }}
    where not is_current
),

lows as (
    select listed.band_from from (values ({{ var('prediction_bands') | join('), (') }})) as listed (band_from)
),

bands as (
    select
        cast(band_from as double) as band_from,
        cast(lead(band_from) over (order by band_from) as double) as band_to
    from lows
),

-- Ranks of equal values are their average, as the area under the curve wants them.
ranked as (
    select
        *,
        rank() over (partition by month, outcome, horizon_days order by probability)
        + (count(*) over (partition by month, outcome, horizon_days, probability) - 1) / 2.0 as model_rank,
        rank() over (partition by month, outcome, horizon_days order by rule_probability)
        + (count(*) over (partition by month, outcome, horizon_days, rule_probability) - 1) / 2.0 as rule_rank,
        rank() over (partition by month, outcome, horizon_days order by benchmark_rate)
        + (count(*) over (partition by month, outcome, horizon_days, benchmark_rate) - 1) / 2.0 as base_rank,
        (probability - reached) * (probability - reached) as squared_error,
        (rule_probability - reached) * (rule_probability - reached) as rule_squared_error,
        (benchmark_rate - reached) * (benchmark_rate - reached) as base_squared_error
    from predictions
),

banded as (
    select
        ranked.*,
        cast(bands.band_from as varchar) || ' to ' || cast(coalesce(bands.band_to, 1) as varchar) as band
    from ranked
    inner join bands
        on
            ranked.probability >= bands.band_from
            and (ranked.probability < bands.band_to or bands.band_to is null)
    union all
    select
        *,
        'all' as band
    from ranked
),

-- Decimals, so that no sum depends on the order of its rows.
summed as (
    select
        month,
        outcome,
        horizon_days,
        band,
        count(*) as predictions,
        cast(sum(reached) as bigint) as reached,
        cast(sum(cast(probability as decimal(18, 6))) as double) as predicted,
        cast(sum(cast(probability * customer_value as decimal(28, 6))) as decimal(28, 6)) as predicted_value,
        cast(
            sum(case when customer_value is not null then cast(observed_value as decimal(28, 6)) end) as decimal(28, 6)
        ) as observed_value,
        cast(sum(reached * model_rank) as double) as model_ranks,
        cast(sum(reached * rule_rank) as double) as rule_ranks,
        cast(sum(reached * base_rank) as double) as base_ranks,
        cast(sum(cast(squared_error as decimal(18, 12))) as double) as squared_error,
        cast(sum(cast(rule_squared_error as decimal(18, 12))) as double) as rule_squared_error,
        cast(sum(cast(base_squared_error as decimal(18, 12))) as double) as base_squared_error
    from banded
    group by month, outcome, horizon_days, band
),

-- Pairs of a lead that reached the outcome and one that did not.
paired as (
    select
        *,
        nullif(cast(reached * (predictions - reached) as double), 0) as pairs,
        reached * (reached + 1) / 2.0 as lowest_ranks
    from summed
),

final as (
    select
        month,
        outcome,
        horizon_days,
        band,
        predictions,
        reached,
        predicted / predictions as predicted_rate,
        cast(reached as double) / predictions as observed_rate,
        {{ wilson('reached', 'predictions', '-') }} as observed_rate_low,
        {{ wilson('reached', 'predictions', '+') }} as observed_rate_high,
        predicted_value,
        observed_value,
        case when band = 'all' then (model_ranks - lowest_ranks) / pairs end as auc,
        case when band = 'all' then (rule_ranks - lowest_ranks) / pairs end as score_auc,
        case when band = 'all' then (base_ranks - lowest_ranks) / pairs end as base_rate_auc,
        case when band = 'all' then squared_error / predictions end as brier_score,
        case when band = 'all' then rule_squared_error / predictions end as score_brier_score,
        case when band = 'all' then base_squared_error / predictions end as base_rate_brier_score
    from paired
)

select * from final
