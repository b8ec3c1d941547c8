with

newest as (
    select * from {{ all_feeds('opportunities') }} as feeds
    {{ newest_version(['opportunity_id'], 'updated_at') }}
),

dated as (
    select
        *,
        {{ moment('created_at') }} as opened_at,
        {{ moment('closed_at') }} as ended_at
    from newest
),

-- Where the CRM sends no flags, the name of the stage says whether the opportunity is won or lost.
flagged as (
    select
        *,
        coalesce(is_won, lower(trim(stage)) in ({{ quoted_list(var('won_stage_names')) }}), false) as is_won_ever,
        coalesce(is_closed, lower(trim(stage)) in ({{ quoted_list(var('lost_stage_names')) }}), false)
            as is_closed_ever,
        greatest(coalesce(ended_at, updated_at, opened_at), {{ earliest_moment('opened_at') }}) as decided_at
    from dated
    where not coalesce(is_deleted, false) and opened_at <= {{ as_of() }}
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
        -- Opened on a day without a time, it was opened before it was closed on that day.
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
