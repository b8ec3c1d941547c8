"""A tiny company that sells in HubSpot, over two runs; every figure can be counted by hand."""

from tests.fakes.hubspot_portal import Portal

STAGES = [
    {"id": "s-open", "label": "Talks", "metadata": {"isClosed": "false", "probability": "0.2"}},
    {"id": "s-won", "label": "Signed", "metadata": {"isClosed": "true", "probability": "1.0"}},
]


def company() -> Portal:
    """Ann twice, Bob, Carl and a contact that was deleted; three companies; two deals, one with three companies."""
    portal = Portal(association_page=2)
    for number, name in enumerate(["acme", "beta", "gamma"], start=201):
        portal.put("companies", number, "2026-01-02T10:00:00Z", name=name.title(), domain=f"{name}.example")
    contacts = {101: ("ann@acme-old.example", 201), 102: ("ann@acme.example", 201), 103: ("bob@acme.example", 201)}
    contacts |= {104: ("carl@beta.example", 202), 105: ("gone@gone.example", 202)}
    for number, (email, employer) in contacts.items():
        portal.put(
            "contacts",
            number,
            f"2026-03-0{number - 100}T09:00:00.{number}Z",
            email=email,
            createdate=f"2026-03-0{number - 100}T08:00:00Z",
            associatedcompanyid=employer,
            hs_analytics_source="ORGANIC_SEARCH",
            hubspot_owner_id=71,
            lifecyclestage="lead",
        )
    portal.archive("contacts", 105, "2026-03-06T09:00:00Z")
    portal.put("contacts", 103, "2026-03-10T09:00:00Z", lifecyclestage="marketingqualifiedlead", jobtitle="Clerk")
    # Form and milliseconds: 2026-02-28 09:40 and 2026-03-05 09:40.
    portal.put(
        "contacts", 102, "2026-03-09T09:00:00Z", hs_calculated_form_submissions="f-1:1772271600000;f-1:1772703600000"
    )
    portal.put(
        "deals",
        301,
        "2026-05-10T10:00:01Z",
        dealname="Acme",
        amount="1000.00",
        createdate="2026-04-15T10:00:00Z",
        closedate="2026-05-10T10:00:00Z",
        dealstage="s-won",
        pipeline="default",
    )
    for number in (203, 202, 201):
        portal.associate("deals", 301, "companies", number, 341, *([5] if number == 201 else []))
    portal.associate("deals", 301, "contacts", 102, 3, 900)
    portal.put("deals", 302, "2026-04-16T10:00:00Z", dealname="Beta", dealstage="s-open", pipeline="default")
    portal.associate("deals", 302, "contacts", 104, 3)
    portal.put(
        "calls",
        401,
        "2026-03-05T11:00:00.556Z",
        hs_timestamp="2026-03-05T10:45:00.556Z",
        hs_createdate="2026-03-05T11:00:00.556Z",
        hs_call_direction="OUTBOUND",
        hs_call_body="Private words.",
    )
    portal.associate("calls", 401, "contacts", 103, 194)
    portal.put(
        "emails", 402, "2026-03-06T11:00:00Z", hs_timestamp="2026-03-06T11:00:00Z", hs_email_direction="INCOMING_EMAIL"
    )
    portal.associate("emails", 402, "contacts", 103, 198)
    portal.associate("emails", 402, "companies", 201, 186)
    portal.put("meetings", 403, "2026-03-07T11:00:00Z", hs_timestamp="2026-03-07T11:00:00Z")
    portal.associate("meetings", 403, "companies", 202, 188)
    portal.pipelines.append({"id": "default", "label": "Sales", "stages": STAGES})
    portal.forms += [
        {"id": f"f-{number}", "name": f"Form {number}", "formType": "hubspot", "updatedAt": "2026-01-01T10:00:00Z"}
        for number in (1, 2, 3)
    ]
    portal.owners += [
        {"id": "71", "email": "kim@us.example", "firstName": "Kim", "lastName": "Sales", "archived": False},
        {"id": "72", "email": "lee@us.example", "firstName": "Lee", "lastName": None, "archived": True},
    ]
    # 2026-04-05 07:00:30; OPEN is not asked for, what a machine clicked is told apart later.
    portal.events += [
        {
            "id": f"v-{number}",
            "created": 1775372430000 + number,
            "type": kind,
            "recipient": "bob@acme.example",
            "emailCampaignId": 7,
            "filteredEvent": number == 3,
        }
        for number, kind in enumerate(["OPEN", "CLICK", "CLICK", "CLICK", "REPLY"])
    ]
    return portal


def next_day(portal: Portal) -> None:
    """Ann's contacts become one, Carl is deleted, Bob is promoted, the second deal is won, and Dora comes in."""
    portal.merge("contacts", 101, 102, "2026-06-01T09:00:00Z")
    portal.archive("contacts", 104, "2026-06-01T09:10:00Z")
    portal.put("contacts", 103, "2026-06-01T09:20:00Z", jobtitle="Director")
    portal.put("contacts", 106, "2026-06-01T09:30:00Z", email="dora@gamma.example", createdate="2026-06-01T09:30:00Z")
    portal.put("deals", 302, "2026-06-01T09:40:00Z", dealstage="s-won", amount="500", closedate="2026-06-01T09:40:00Z")
