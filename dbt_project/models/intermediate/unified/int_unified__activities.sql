with

newest as (
    select * from {{ all_feeds('activities') }} as feeds
    {{ newest_version(['activity_id']) }}
),

final as (
    select
        activity_id,
        feed,
        {{ without_placeholder('lead_id', "feed || ':'") }} as lead_id,
        {{ email_identifier('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        {{ without_placeholder('account_id', "feed || ':'") }} as account_id,
        activity_type,
        direction,
        source as crm_source,
        campaign as crm_campaign,
        {{ source_key('activity_type', utm_campaign='campaign', crm_source='source', direction='direction') }}
            as source_key,
        outcome,
        {{ moment('occurred_at') }} as occurred_at
    from newest
    where {{ moment('occurred_at') }} <= {{ as_of() }}
)

select * from final
