-- A state of the chain is the last sources of a path, up to `markov_order` of them.
{%- if is_incremental_run() and not is_markov_refresh_due() %}
-- Unchanged until the next estimate.
select * from {{ this }}
{%- else %}
{%- set order = var('markov_order') | int %}
with

steps as (
    select * from {{ ref('int_markov_steps') }}
),

types as (
    select * from {{ ref('int_conversion_types') }}
),

-- Sources are numbers until the end: faster to sort and to count.
sources as (
    select * from {{ ref('int_source_numbers') }}
),

numbered as (
    select
        steps.*,
        sources.source_number
    from steps
    inner join sources on steps.source = sources.source
),

sequences as (
    select
        type_set,
        is_converting,
        case when {{ order }} >= 3 then lag(source_number, 3) over path end as source_3_before,
        case when {{ order }} >= 2 then lag(source_number, 2) over path end as source_2_before,
        lag(source_number) over path as source_1_before,
        source_number,
        lead(source_number) over path is null as is_last
    from numbered
    window path as (partition by path_number, type_set, is_converting order by occurred_at, touchpoint_id)
),

-- From here on there are few rows: one per sequence of sources.
counted as (
    select
        type_set,
        is_converting,
        source_3_before,
        source_2_before,
        source_1_before,
        source_number,
        is_last,
        count(*) as transitions
    from sequences
    group by type_set, is_converting, source_3_before, source_2_before, source_1_before, source_number, is_last
),

named as (
    select
        counted.type_set,
        counted.is_converting,
        counted.is_last,
        counted.transitions,
        concat_ws(' > ', before_3.source, before_2.source, before_1.source) as from_state,
        sources.source,
        concat_ws(
            ' > ',
            case when {{ order }} >= 3 then before_2.source end,
            case when {{ order }} >= 2 then before_1.source end,
            sources.source
        ) as last_state
    from counted
    inner join sources on counted.source_number = sources.source_number
    left join sources as before_1 on counted.source_1_before = before_1.source_number
    left join sources as before_2 on counted.source_2_before = before_2.source_number
    left join sources as before_3 on counted.source_3_before = before_3.source_number
),

moves as (
    select
        type_set,
        coalesce(nullif(from_state, ''), '(start)') as from_state,
        source as to_state,
        transitions
    from named
    union all
    select
        type_set,
        last_state as from_state,
        case when is_converting then '(conversion)' else '(null)' end as to_state,
        transitions
    from named
    where is_last
),

final as (
    select
        types.conversion_type,
        moves.from_state,
        moves.to_state,
        cast(sum(moves.transitions) as bigint) as transitions
    from moves
    inner join types on (moves.type_set & types.type_bit) > 0
    group by types.conversion_type, moves.from_state, moves.to_state
)

select * from final
{%- endif %}
