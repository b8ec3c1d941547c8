"""HubSpot's CRM: contacts, companies and deals with the company's own properties, stages as histories, engagements.

Some contacts were entered twice and merged; some deals belong to three companies; what was deleted is still there, with
a flag. Webinars, events, chats and campaigns of outreach are other tools' work: they stay in the standard feed, about
the contacts as the warehouse knows them.
"""

import numpy as np

from sample_company.exports import Exports
from sample_company.tables import Bools
from sample_company.vendors.files import VendorFile

FEED = "hubspot"
ENGAGEMENTS = ("call", "email", "meeting", "reply")
"""Kinds of activities that HubSpot has a table for."""


def is_logged(exports: Exports) -> Bools:
    """Which activities HubSpot exports: of a kind it has, no campaign's, and with a contact.

    With a contact goes whom its calls and e-mails were with, so those with leads that were deleted are not among them.
    """
    activities, updated = exports["activities"], exports["leads_updated"]
    deleted = updated["lead_id"][updated["is_deleted"] == "true"]
    return (
        np.isin(activities["activity_type"].astype(str), ENGAGEMENTS)
        & np.equal(activities["source"], None)
        & np.equal(activities["campaign"], None)
        & ~np.equal(activities["lead_id"], None)
        & ~np.isin(activities["lead_id"].astype(str), deleted.astype(str))
    )


SETUP = """
-- Every fortieth lead was entered a second time, and the second record merged into the first.
create table hubspot_merges as
select lead_id as contact_id, '9' || lead_id as merged_id, created_at || '.5' as merged_at
from leads
where cast(right(lead_id, 6) as integer) % 40 = 0;

create table hubspot_engagements as
select
    activities.activity_id as id,
    activities.occurred_at,
    case activities.activity_type when 'reply' then 'email' else activities.activity_type end as kind,
    activities.direction,
    activities.outcome,
    activities.account_id,
    -- Half of what was logged with a contact that was merged still names the record that is gone.
    case
        when right(activities.activity_id, 1) in ('0', '2', '4', '6', '8')
            then coalesce(merges.merged_id, activities.lead_id)
        else activities.lead_id
    end as contact_id,
    false as is_deleted
from activities
left join hubspot_merges as merges on activities.lead_id = merges.contact_id;

-- Calls that were logged by mistake, right after the lead came in.
insert into hubspot_engagements by name
select 'deleted-' || lead_id as id, created_at as occurred_at, 'call' as kind, 'outbound' as direction,
    lead_id as contact_id, true as is_deleted
from leads
where cast(right(lead_id, 6) as integer) % 30 = 0;

create table hubspot_stages as
select * from (values
    ('discovery', 'Discovery', 0.2), ('proposal', 'Proposal', 0.5), ('negotiation', 'Negotiation', 0.8),
    ('closedwon', 'Closed Won', 1.0), ('closedlost', 'Closed Lost', 0.0)
) as stages (stage_id, label, probability);

-- Every twentieth deal was entered twice, and the copy deleted.
create table hubspot_deals as
select *, cast(right(opportunity_id, 6) as integer) as number, false as is_copy from opportunities
union all
select * replace ('deleted-' || opportunity_id as opportunity_id, '99999.00' as amount), 0 as number, true as is_copy
from opportunities
where cast(right(opportunity_id, 6) as integer) % 20 = 0;
"""


def contacts(name: str, leads: str, *, repeats: bool = False) -> VendorFile:
    """Contacts as one of the two exports of leads has them."""
    return VendorFile(
        "contact",
        name,
        f"""
        select
            lead_id as id, is_deleted as _fivetran_deleted, updated_at as _fivetran_synced, email as property_email,
            created_at as property_createdate, updated_at as property_lastmodifieddate,
            account_id as property_associatedcompanyid, company_domain as property_company_domain,
            source as property_lead_source, medium as property_utm_medium, campaign as property_utm_campaign,
            content as property_utm_content,
            case entry_method when 'form' then 'FORM' when 'import' then 'IMPORT' when 'api' then 'INTEGRATION'
                when 'manual' then 'CRM_UI' when 'phone' then 'CALLING' end as property_hs_object_source,
            case when entry_method = 'event' then 'Event' end as property_entry_method,
            form as property_first_conversion_event_name, owner as property_hubspot_owner_id,
            status as property_hs_lead_status, country as property_country, industry as property_industry,
            employees as property_numberofemployees, job_title as property_jobtitle,
            merges.merged_id as property_hs_merged_object_ids
        from {leads}
        left join hubspot_merges as merges on {leads}.lead_id = merges.contact_id
        order by id
        """,
        repeats=repeats,
    )


def engagements(kind: str, columns: str) -> VendorFile:
    """Engagements of one kind."""
    return VendorFile(
        f"engagement_{kind}",
        f"{kind}s.jsonl.gz",
        f"""
        select id as engagement_id, is_deleted as _fivetran_deleted, occurred_at as property_hs_timestamp,
            occurred_at as property_hs_createdate, {columns}, upper(kind) as type
        from hubspot_engagements
        where kind = '{kind}'
        order by id
        """,
    )


FILES = (
    contacts("contacts_1.csv.gz", "leads"),
    contacts("contacts_2_updates.jsonl", "leads_updated", repeats=True),
    VendorFile(
        "contact",
        "contacts_3_merged.csv",
        """
        select merges.merged_id as id, false as _fivetran_deleted, leads.email as property_email,
            leads.created_at as property_createdate, merges.merged_at as property_lastmodifieddate,
            'Old list' as property_lead_source, leads.owner as property_hubspot_owner_id
        from hubspot_merges as merges
        inner join leads on merges.contact_id = leads.lead_id
        order by id
        """,
    ),
    VendorFile(
        "contact_merge_audit",
        "merges.csv",
        """
        select contact_id as canonical_vid, contact_id, merged_id as vid_to_merge, merged_at as timestamp
        from hubspot_merges
        order by canonical_vid
        """,
    ),
    VendorFile(
        "contact_property_history",
        "stages.csv.gz",
        """
        select lead_id as contact_id, 'CRM_UI' as source, entered_at as timestamp,
            case when stage in ('mql', 'sql') then 'lifecyclestage' else 'hs_lead_status' end as name,
            case stage when 'mql' then 'marketingqualifiedlead' when 'sql' then 'salesqualifiedlead'
                when 'disqualified' then 'UNQUALIFIED' else 'RECYCLED' end as value
        from lead_stages
        order by timestamp, contact_id, value
        """,
    ),
    VendorFile(
        "company",
        "companies.jsonl",
        """
        select account_id as id, is_deleted, updated_at as property_hs_lastmodifieddate, name as property_name,
            domain as property_domain, industry as property_industry, employees as property_numberofemployees,
            country as property_country
        from accounts
        union all
        select 'deleted-' || account_id, 'true', updated_at, name, domain, null, '1', null
        from accounts
        where cast(right(account_id, 6) as integer) % 25 = 0
        order by id
        """,
    ),
    VendorFile(
        "owner",
        "owners.csv",
        """
        select distinct owner as owner_id, owner as first_name, null as last_name, 'PERSON' as type
        from leads
        order by owner_id
        """,
    ),
    VendorFile(
        "deal_pipeline_stage",
        "stages.csv",
        """
        select stage_id, 'default' as pipeline_id, false as _fivetran_deleted, label, probability,
            stage_id = 'closedwon' as closed_won, stage_id in ('closedwon', 'closedlost') as is_closed
        from hubspot_stages
        """,
    ),
    VendorFile(
        "deal",
        "deals.csv.gz",
        # HubSpot always names a closing date: for open deals the one that sales hope for.
        """
        select opportunity_id as deal_id, is_copy as is_deleted, 'default' as deal_pipeline_id,
            stages.stage_id as deal_pipeline_stage_id, name as property_dealname, amount as property_amount,
            currency as property_deal_currency_code, created_at as property_createdate,
            coalesce(closed_at, cast(cast(created_at as timestamp) + interval 90 days as varchar))
                as property_closedate,
            updated_at as property_hs_lastmodifieddate, source as property_lead_source
        from hubspot_deals
        inner join hubspot_stages as stages on hubspot_deals.stage = stages.label
        order by deal_id
        """,
    ),
    VendorFile(
        "deal_stage",
        "deal_stages.csv.gz",
        """
        select opportunity_id as deal_id, stages.stage_id as value, coalesce(closed_at, created_at) as date_entered,
            true as _fivetran_active
        from hubspot_deals
        inner join hubspot_stages as stages on hubspot_deals.stage = stages.label
        order by deal_id
        """,
    ),
    VendorFile(
        "deal_company",
        "deal_companies.csv.gz",
        # Every tenth deal also belongs to two firms that have nothing to pay.
        """
        select opportunity_id as deal_id, account_id as company_id, '5' as type_id, 'HUBSPOT_DEFINED' as category
        from hubspot_deals
        where account_id is not null
        union all
        select deals.opportunity_id, others.account_id, '341', 'HUBSPOT_DEFINED'
        from hubspot_deals as deals
        cross join (select account_id from accounts order by account_id limit 2) as others
        where deals.account_id != others.account_id and deals.number % 10 = 0
        order by deal_id, type_id, company_id
        """,
    ),
    VendorFile(
        "deal_contact",
        "deal_contacts.csv.gz",
        """
        select roles.opportunity_id as deal_id, coalesce(merges.merged_id, roles.lead_id) as contact_id
        from opportunity_contacts as roles
        left join hubspot_merges as merges on roles.lead_id = merges.contact_id
        order by deal_id, contact_id
        """,
    ),
    VendorFile(
        "engagement",
        "engagements.csv.gz",
        "select id, upper(kind) as type, not is_deleted as active from hubspot_engagements order by id",
    ),
    VendorFile(
        "engagement_contact",
        "engagement_contacts.csv.gz",
        "select id as engagement_id, contact_id from hubspot_engagements order by id",
    ),
    VendorFile(
        "engagement_company",
        "engagement_companies.csv.gz",
        """
        select id as engagement_id, account_id as company_id
        from hubspot_engagements
        where account_id is not null
        order by id
        """,
    ),
    engagements("call", "upper(direction) as property_hs_call_direction, outcome as property_hs_call_status"),
    engagements(
        "email",
        """
        case direction when 'inbound' then 'INCOMING_EMAIL' else 'EMAIL' end as property_hs_email_direction,
        outcome as property_hs_email_status
        """,
    ),
    engagements("meeting", "occurred_at as property_hs_meeting_start_time, outcome as property_hs_meeting_outcome"),
    VendorFile(
        "email_event",
        "email_events.jsonl.gz",
        # Newsletters sent, and links that a mail scanner followed before anybody read them.
        """
        select md5(lead_id || kind) as id, kind as type, created_at as created, lower(email) as recipient,
            '101' as email_campaign_id, kind = 'CLICK' as filtered_event
        from (select lead_id, email, created_at, unnest(['SENT', 'DELIVERED', 'CLICK']) as kind from leads)
        where email is not null
        order by id
        """,
    ),
)
