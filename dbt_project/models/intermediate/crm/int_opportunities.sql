with

opportunities as (
    select * from {{ ref('int_unified__opportunities') }}
),

contacts as (
    select * from {{ ref('int_unified__opportunity_contacts') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

primary_contacts as (
    select
        contacts.opportunity_id,
        leads.lead_id,
        leads.account_id
    from contacts
    inner join leads on contacts.lead_id = leads.lead_id
    qualify row_number() over (
        partition by contacts.opportunity_id order by contacts.is_primary desc, leads.created_at asc, leads.lead_id asc
    ) = 1
),

accounts as (
    select
        opportunities.*,
        named_leads.lead_id as named_lead_id,
        primary_contacts.lead_id as contact_lead_id,
        coalesce(
            opportunities.account_id,
            named_leads.account_id,
            primary_contacts.account_id,
            'lead:' || opportunities.lead_id,
            'opportunity:' || opportunities.opportunity_id
        ) as resolved_account_id
    from opportunities
    left join leads as named_leads on opportunities.lead_id = named_leads.lead_id
    left join primary_contacts on opportunities.opportunity_id = primary_contacts.opportunity_id
),

account_leads as (
    select
        account_id,
        lead_id
    from leads
    qualify row_number() over (partition by account_id order by created_at, lead_id) = 1
),

final as (
    select
        accounts.opportunity_id,
        accounts.resolved_account_id as account_id,
        coalesce(accounts.named_lead_id, accounts.contact_lead_id, account_leads.lead_id) as lead_id,
        accounts.stage,
        accounts.crm_source,
        accounts.currency as original_currency,
        accounts.amount as original_amount,
        {{ converted('accounts.amount', 'rates.rate') }} as amount,
        accounts.is_won,
        accounts.is_closed,
        accounts.created_at,
        accounts.closed_at
    from accounts
    -- Once it is closed, with the rate of the month in which it was.
    left join rates
        on
            accounts.currency = rates.currency
            and {{ month_of(reporting_date('coalesce(accounts.closed_at, accounts.created_at)')) }} >= rates.valid_from
            and {{ month_of(reporting_date('coalesce(accounts.closed_at, accounts.created_at)')) }} < rates.valid_to
    left join account_leads on accounts.resolved_account_id = account_leads.account_id
)

select * from final
