with

raw_rows as (
    select * from {{ all_feeds('opportunities') }} as feeds
),

newest as (
    select * from raw_rows
    {{ newest_version(['opportunity_id'], 'updated_at') }}
),

-- Where the CRM sends no flags, the name of the stage says whether the opportunity is won or lost.
flagged as (
    select
        *,
        coalesce(is_won, lower(trim(stage)) in ({{ quoted_list(var('won_stage_names')) }}), false) as is_won_ever,
        coalesce(is_closed, lower(trim(stage)) in ({{ quoted_list(var('lost_stage_names')) }}), false)
            as is_closed_ever,
        greatest(
            coalesce({{ moment('closed_at') }}, updated_at, {{ moment('created_at') }}),
            {{ earliest_moment(moment('created_at')) }}
        ) as decided_at,
        {{ moment('created_at') }} as opened_at
    from newest
    where not coalesce(is_deleted, false) and {{ moment('created_at') }} <= {{ as_of() }}
),

-- An opportunity that is closed after `as_of` is still open.
final as (
    select
        opportunity_id,
        feed,
        {{ without_placeholder('account_id', "feed || ':'") }} as account_id,
        {{ without_placeholder('lead_id', "feed || ':'") }} as lead_id,
        name as opportunity_name,
        stage,
        source as crm_source,
        {{ source_key("'opportunity'", crm_source='source') }} as source_key,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        amount,
        is_won_ever and decided_at <= {{ as_of() }} as is_won,
        (is_won_ever or is_closed_ever) and decided_at <= {{ as_of() }} as is_closed,
        -- The day it was opened on ends with its closing on that day.
        case
            when
                (is_won_ever or is_closed_ever) and {{ is_whole_day('opened_at') }}
                and {{ reporting_date('opened_at') }} = {{ reporting_date('decided_at') }}
                then least(opened_at, decided_at)
            else opened_at
        end as created_at,
        case
            when (is_won_ever or is_closed_ever) and decided_at <= {{ as_of() }} then decided_at
        end as closed_at,
        updated_at
    from flagged
)

select * from final
