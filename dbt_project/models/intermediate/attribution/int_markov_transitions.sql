{%- set order = var('markov_order') | int -%}
{%- set person_types = ['lead', 'mql', 'sql'] -%}
{%- set deal_types = ['opportunity', 'customer'] -%}
{%- set all_types = person_types + deal_types -%}
{%- set by_account = var('attribution_unit') == 'account' -%}
{%- if is_incremental_run() and not is_markov_refresh_due() %}
-- Between two estimates the transitions stay as they are.
select * from {{ this }}
{%- else %}
with

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
),

conversions as (
    select * from {{ ref('int_conversions') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

-- Types are bits: the touches of somebody who never converts are walked through once for all types together.
types as (
    {%- for type in all_types %}
    select
        '{{ type }}' as conversion_type,
        {{ 2 ** loop.index0 }} as type_bit,
        {{ 'true' if by_account and type in deal_types else 'false' }} as is_of_account,
        {{ var('attribution_lookback_days_by_type').get(type, var('attribution_lookback_days')) }} as lookback_days
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- Sources are numbers until the end: quicker to sort and to count.
sources as (
    select
        source,
        row_number() over (order by source) as source_number
    from {{ ref('source_catalogue') }}
),

-- Types a unit has no path without conversion of: those it converted to, and those that are the other unit's.
types_left_out as (
    select
        conversions.person_id as unit_id,
        types.type_bit
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    where conversions.person_id is not null
    {%- if by_account %}
    union all
    select
        'company:' || conversions.account_id as unit_id,
        types.type_bit
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    where types.is_of_account and conversions.account_id is not null
    union all
    select
        case when types.is_of_account then person_accounts.person_id else 'company:' || person_accounts.account_id end
            as unit_id,
        types.type_bit
    from person_accounts
    cross join types
    {%- endif %}
),

type_sets_left_out as (
    select
        unit_id,
        cast(sum(distinct type_bit) as integer) as type_set
    from types_left_out
    group by unit_id
),

unit_ends as (
    select
        unit_id,
        max(occurred_at) as last_at,
        max(case when not is_direct then occurred_at end) as last_known_at
    from {{ ref('int_path_unit_touchpoints') }}
    group by unit_id
),

units as (
    select
        unit_ends.unit_id,
        unit_ends.last_at,
        unit_ends.last_known_at,
        {{ 2 ** (all_types | length) - 1 }} - coalesce(type_sets_left_out.type_set, 0) as type_set
    from unit_ends
    left join type_sets_left_out on unit_ends.unit_id = type_sets_left_out.unit_id
),

lookbacks as (
    select
        lookback_days,
        cast(sum(type_bit) as integer) as type_set
    from types
    group by lookback_days
),

-- One walk per unit and length of lookback.
walks as (
    select
        units.unit_id,
        units.last_known_at,
        units.last_at - interval 1 hour * 24 * lookbacks.lookback_days as starts_at,
        units.type_set & lookbacks.type_set as type_set
    from units
    inner join lookbacks on (units.type_set & lookbacks.type_set) > 0
),

-- Direct visits are left out of a path that has any other touch, unless the policy keeps them.
steps as (
    select
        {{ text_number('walks.unit_id') }} as path_number,
        walks.type_set,
        false as is_converting,
        sources.source_number,
        unit_touches.occurred_at,
        unit_touches.touchpoint_id
    from walks
    inner join {{ ref('int_path_unit_touchpoints') }} as unit_touches
        on
            walks.unit_id = unit_touches.unit_id
            and walks.starts_at <= unit_touches.occurred_at
    inner join sources on unit_touches.source = sources.source
    where
        not unit_touches.is_direct
        or walks.last_known_at is null
        or walks.last_known_at < walks.starts_at
        or '{{ var("direct_touch_policy") }}' = 'keep'
    {{- collapse_repeats('walks.unit_id, walks.type_set', 'unit_touches') }}
    union all
    select
        {{ text_number('conversions.conversion_id') }} as path_number,
        types.type_bit as type_set,
        true as is_converting,
        sources.source_number,
        coalesce(path_touches.occurred_at, conversions.conversion_at) as occurred_at,
        path_touches.touchpoint_id
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    -- What no touch explains is a path of one step: the CRM's source.
    left join path_touches on conversions.conversion_id = path_touches.conversion_id
    inner join sources on coalesce(path_touches.source, conversions.crm_source, 'unknown') = sources.source
),

sequences as (
    select
        type_set,
        is_converting,
        {%- for back in range(order, 0, -1) %}
        lag(source_number, {{ back }}) over (
            partition by path_number, type_set, is_converting order by occurred_at, touchpoint_id
        ) as source_{{ back }}_before,
        {%- endfor %}
        source_number,
        lead(source_number) over (
            partition by path_number, type_set, is_converting order by occurred_at, touchpoint_id
        ) is null as is_last
    from steps
),

-- From here on there are few rows: one per sequence of sources.
sequence_counts as (
    select
        type_set,
        is_converting,
        {%- for back in range(order, 0, -1) %}
        source_{{ back }}_before,
        {%- endfor %}
        source_number,
        is_last,
        count(*) as transitions
    from sequences
    group by
        type_set,
        is_converting,
        {%- for back in range(order, 0, -1) %}
        source_{{ back }}_before,
        {%- endfor %}
        source_number,
        is_last
),

named as (
    select
        sequence_counts.type_set,
        sequence_counts.is_converting,
        sequence_counts.is_last,
        sequence_counts.transitions,
        {%- for back in range(order, 0, -1) %}
        before_{{ back }}.source as source_{{ back }}_before,
        {%- endfor %}
        sources.source
    from sequence_counts
    inner join sources on sequence_counts.source_number = sources.source_number
    {%- for back in range(order, 0, -1) %}
    left join sources as before_{{ back }}
        on sequence_counts.source_{{ back }}_before = before_{{ back }}.source_number
    {%- endfor %}
),

moves as (
    select
        type_set,
        coalesce(
            nullif(
                concat_ws(' > '{% for back in range(order, 0, -1) %}, source_{{ back }}_before{% endfor %}), ''
            ),
            '(start)'
        ) as from_state,
        source as to_state,
        transitions
    from named
    union all
    select
        type_set,
        concat_ws(' > '{% for back in range(order - 1, 0, -1) %}, source_{{ back }}_before{% endfor %}, source)
            as from_state,
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
    group by
        types.conversion_type,
        moves.from_state,
        moves.to_state
)

select * from final
{%- endif %}
