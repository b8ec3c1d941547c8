"""A tiny company that sells in Salesforce, over two runs; every figure can be counted by hand."""

from tests.fakes.salesforce_org import Org

AT = "2026-04-20T09:00:00Z"


def company() -> Org:
    """Eve, a lead that was made a contact and bought; Zoe, a contact; Gus, a lead that was deleted."""
    org = Org()
    org.put("Account", "0011", AT, Name="Shared", Website="https://www.shared.example", NumberOfEmployees=120)
    org.put("Account", "0012", AT, Name="Zeta", Website="zeta.example")
    lead = {"IsConverted": False, "Status": "New", "OwnerId": "0051", "UTM_Source__c": None}
    converted = {"IsConverted": True, "ConvertedDate": "2026-04-20", "ConvertedContactId": "0031"}
    converted |= {"ConvertedAccountId": "0011", "ConvertedOpportunityId": "0061"}
    org.put(
        "Lead",
        "00Q1",
        AT,
        CreatedDate="2026-04-10T10:00:00.000+0000",
        Email="eve@shared.example",
        **lead | converted | {"UTM_Source__c": "linkedin"},
    )
    org.put("Lead", "00Q2", AT, CreatedDate=AT, Email="gus@gone.example", **lead | {"IsDeleted": True})
    org.put("Lead", "00Q3", AT, CreatedDate=AT, Email="hal@new.example", Address="{}", **lead)
    org.types["Lead", "Address"] = "address"
    contact = {"CreatedDate": AT, "OwnerId": "0051"}
    org.put("Contact", "0031", AT, AccountId="0011", Email="eve@shared.example", **contact)
    org.put("Contact", "0032", AT, AccountId="0012", Email="zoe@zeta.example", LeadSource="Trade Show", **contact)
    deal = {"CreatedDate": AT, "StageName": "Prospecting", "IsWon": False, "IsClosed": False}
    won = {"StageName": "Closed Won", "IsWon": True, "IsClosed": True, "CloseDate": "2026-06-01", "Amount": 2000.5}
    org.put("Opportunity", "0061", AT, AccountId="0011", Name="Shared", **deal | won)
    org.put("Opportunity", "0062", AT, AccountId="0012", Name="Zeta", **deal)
    org.put("OpportunityContactRole", "00K1", AT, OpportunityId="0061", ContactId="0031", IsPrimary=True)
    org.put("OpportunityContactRole", "00K2", AT, OpportunityId="0062", ContactId="0032", IsPrimary=True)
    org.put("Campaign", "7011", AT, Name="How to", Type="Webinar")
    member = {"HasResponded": True, "FirstRespondedDate": "2026-05-20", "CreatedDate": AT, "Status": "Attended"}
    org.put("CampaignMember", "00v1", AT, CampaignId="7011", ContactId="0032", **member)
    task = {"TaskSubtype": "Call", "CallType": "Outbound", "Status": "Completed", "IsClosed": True, "CreatedDate": AT}
    org.put(
        "Task", "00T1", AT, WhoId="0031", AccountId="0011", CompletedDateTime="2026-04-10T10:40:00.000+0000", **task
    )
    event = {"Type": "Meeting", "IsChild": False, "StartDateTime": "2026-04-15T09:00:00.000+0000", "CreatedDate": AT}
    org.put("Event", "00U1", AT, WhoId="00Q1", AccountId="0011", **event)
    org.put("LeadHistory", "0171", "2026-04-12T10:00:00Z", LeadId="00Q1", Field="Status", NewValue="MQL")
    org.put("User", "0051", AT, Name="Lou", Email="lou@us.example")
    return org


def next_day(org: Org) -> None:
    """Zeta's deal is won, Hal is deleted, Ida comes in."""
    deal = {"CreatedDate": AT, "StageName": "Closed Won", "IsWon": True, "IsClosed": True, "Amount": 500}
    org.put(
        "Opportunity", "0062", "2026-06-02T09:00:00Z", AccountId="0012", Name="Zeta", CloseDate="2026-06-02", **deal
    )
    org.put("Lead", "00Q3", "2026-06-02T09:10:00Z", CreatedDate=AT, Email="hal@new.example", IsDeleted=True)
    org.put("Lead", "00Q4", "2026-06-02T09:20:00Z", CreatedDate="2026-06-02T09:20:00.000+0000", Email="ida@new.example")
