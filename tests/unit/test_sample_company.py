"""The sample company: repeatable, true to its own truth, and with the documented share of unclear leads."""

import ast
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.config.settings import PROJECT_DIR
from sample_company import write_sample_company
from sample_company.parameters import SOURCES, expected_ltv

UNTIL = date(2026, 6, 15)
SCALE = 0.08
CATALOGUE = {
    "organic_search", "content_download", "blog_subscription", "podcast", "video", "organic_social", "direct",
    "cold_call", "cold_email", "social_outreach", "direct_mail", "sdr_prospecting", "abm_campaign",
    "google_ads_search", "google_ads_display", "linkedin_ads", "meta_ads", "youtube_ads", "sponsored_content",
    "retargeting", "paid_directory", "customer_referral", "partner_referral", "affiliate", "reseller",
    "integration_partner", "co_marketing", "webinar", "conference", "workshop", "virtual_summit", "product_demo",
    "networking_event", "paid_search", "paid_social", "display", "email_marketing", "website_referral",
    "ai_assistant", "lead_marketplace", "other", "unknown",
}  # fmt: skip
DATE_COLUMNS = {"date", "started_at", "occurred_at", "created_at", "updated_at", "entered_at", "closed_at"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def truth(home: Path) -> dict[str, Any]:
    return write_sample_company(home, scale=SCALE, until=UNTIL)


@pytest.fixture(scope="module")
def vendors_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company in the formats of its vendors."""
    home = tmp_path_factory.mktemp("vendors")
    write_sample_company(home, scale=SCALE, until=UNTIL, vendor_formats=True)
    return home


def checksums(home: Path) -> dict[str, str]:
    files = (path for path in home.rglob("*") if path.is_file())
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read(path: Path) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Header and rows of a landed file, all as text."""
    if path.suffix == ".parquet":
        reader = f"read_parquet('{path}')"
    elif path.suffix == ".jsonl":
        reader = f"read_json('{path}', format = 'newline_delimited')"
    else:
        reader = f"read_csv('{path}', header = true, all_varchar = true, delim = ',', quote = '\"')"
    with duckdb.connect() as connection:
        result = connection.execute(f"select columns(*)::varchar from {reader}")
        return [column[0] for column in result.description], result.fetchall()


def rows_of(home: Path, entity: str) -> list[dict[str, str | None]]:
    rows = []
    folder = home / "landing" / (entity if "/" in entity else f"standard/{entity}")
    for path in sorted(folder.iterdir()):
        header, values = read(path)
        rows += [dict(zip(header, row, strict=True)) for row in values]
    return rows


def test_same_seed_gives_the_same_bytes(home: Path, truth: dict[str, Any], tmp_path: Path) -> None:
    write_sample_company(tmp_path, scale=SCALE, until=UNTIL)
    assert checksums(tmp_path) == checksums(home)
    assert len(checksums(home)) == len(truth["files"]) + 1


def test_same_seed_gives_the_same_bytes_of_vendors_and_nothing_of_an_earlier_company(
    vendors_home: Path, tmp_path: Path
) -> None:
    for in_vendor_formats in (False, True):
        write_sample_company(tmp_path, scale=SCALE, until=UNTIL, vendor_formats=in_vendor_formats)
    assert checksums(tmp_path) == checksums(vendors_home)


def test_vendors_were_paid_what_the_standard_feed_says(home: Path, vendors_home: Path, truth: dict[str, Any]) -> None:
    """Each platform's own report, restated days as restated; the platforms that no vendor exports are left."""
    reports = {
        "google_ads": ("google_ads/campaign_stats", ("id", "date", "device"), "cost_micros", 1e-6),
        "linkedin_ads": ("linkedin_ads/ad_analytics_by_creative", ("creative_id", "day"), "cost_in_local_currency", 1),
        "meta_ads": ("meta_ads/basic_ad", ("ad_id", "date"), "spend", 1),
        "microsoft_ads": ("ad_spend", ("date", "ad_id"), "cost", 1),
    }
    for platform, (entity, key, cost, unit) in reports.items():
        found = newest_sum(rows_of(vendors_home, entity), key, cost) * unit
        rows = [row for row in rows_of(home, "ad_spend") if row["platform"] == platform]
        assert found == pytest.approx(newest_sum(rows, ("date", "ad_id"), "cost"), abs=0.001), platform
        assert found > 0, platform


def newest_sum(rows: list[dict[str, str | None]], key: tuple[str, ...], amount: str) -> float:
    """Of rows with one key the last one counts; broken ones do not."""
    newest = {tuple(row[name] for name in key): float(row[amount] or 0) for row in rows if not is_broken(row)}
    return sum(newest.values())


def test_another_seed_is_another_company(home: Path, truth: dict[str, Any], tmp_path: Path) -> None:
    other = write_sample_company(tmp_path, scale=SCALE, seed=8, until=UNTIL)
    assert other["customers"] != truth["customers"]


def test_totals_equal_a_plain_count_of_the_files(home: Path, truth: dict[str, Any]) -> None:
    assert len(truth["entities"]) == 11
    for entity, count in truth["entities"].items():
        assert count["rows"] == len(rows_of(home, entity)), entity
        assert count["records"] == count["rows"] - count["broken_rows"] - count["newer_versions"]
    keys = {row["lead_id"] for row in rows_of(home, "leads")} - {None, "LX1"}
    assert len(keys) == sum(source["simulated"]["leads"] for source in truth["sources"].values())
    deleted = {row["lead_id"] for row in rows_of(home, "leads") if row["is_deleted"] == "true"}
    assert len(deleted) == truth["entities"]["leads"]["deleted_records"] > 0


def test_money_equals_the_files(home: Path, truth: dict[str, Any]) -> None:
    spend = {}
    for row in rows_of(home, "ad_spend"):  # the file of corrections is last, so the last one stays
        if not str(row["ad_id"]).startswith("broken"):
            spend[row["date"], row["ad_id"]] = (f"ads_{str(row['currency']).lower()}", float(row["cost"] or 0))
    for currency in ("ads_eur", "ads_usd"):
        told = sum(source["simulated"]["spend"][currency] for source in truth["sources"].values())
        assert told == pytest.approx(sum(cost for name, cost in spend.values() if name == currency), abs=0.5)
    paid = [row for row in rows_of(home, "revenue") if not str(row["revenue_id"]).startswith("RX")]
    in_euro = sum(float(row["amount"] or 0) * (0.92 if row["currency"] == "USD" else 1) for row in paid)
    told = sum(source["simulated"]["revenue"] for source in truth["sources"].values())
    assert told == pytest.approx(in_euro, rel=1e-4)


def test_every_customer_has_a_won_deal_and_pays(home: Path, truth: dict[str, Any]) -> None:
    payers = {row["account_id"] or row["lead_id"] for row in rows_of(home, "revenue")}
    deals = rows_of(home, "opportunities")
    winners = {row["account_id"] or row["lead_id"] for row in deals if row["stage"] == "Closed Won"}
    customers = {customer["account_id"] or customer["lead_id"] for customer in truth["customers"]}
    assert customers == payers == winners


def test_a_source_without_lift_contributes_the_first_deals_in_the_files(home: Path, truth: dict[str, Any]) -> None:
    """Nobody's later touch is a customer referral, so what is lost without it are the customers it found."""
    named = {customer["account_id"] or customer["lead_id"]: customer["source"] for customer in truth["customers"]}
    amounts = [
        float(row["amount"] or 0) * (0.92 if row["currency"] == "USD" else 1)
        for row in rows_of(home, "opportunities")
        if row["name"] == "New business" and row["stage"] == "Closed Won"
        if named.get(row["account_id"] or row["lead_id"] or "") == "customer_referral"
    ]
    contribution = truth["sources"]["customer_referral"]["true_contribution"]
    assert contribution["customers"] == len(amounts) > 0
    assert contribution["first_deal_amount"] == pytest.approx(sum(amounts), rel=1e-4)


def test_another_until_only_shifts_dates(home: Path, truth: dict[str, Any], tmp_path: Path) -> None:
    later = date(2026, 7, 15)
    write_sample_company(tmp_path, scale=SCALE, until=later)
    for entity in set(truth["entities"]) - {"costs"}:
        assert relative(home, entity, UNTIL) == relative(tmp_path, entity, later), entity
    months = [Counter(row["amount"] for row in rows_of(place, "costs")) for place in (home, tmp_path)]
    assert months[0] == months[1]


def relative(home: Path, entity: str, until: date) -> Counter[tuple[tuple[str, str | None], ...]]:
    """Rows with days before `until` in the place of dates; broken dates stay as they are."""
    return Counter(
        tuple((name, days_before(value, until) if name in DATE_COLUMNS else value) for name, value in row.items())
        for row in rows_of(home, entity)
        if not is_broken(row)
    )


def is_broken(row: dict[str, str | None]) -> bool:
    """Which monthly file has room for a broken row depends on the calendar; the other rows must not."""
    values = list(row.values())
    return values[0] is None or "X" in str(values[0])[:3] or "broken" in str(row.get("ad_id")) or "2026-02-31" in values


def days_before(value: str | None, until: date) -> str | None:
    try:
        return f"{(until - date.fromisoformat(str(value)[:10])).days} {str(value)[10:]}"
    except ValueError:
        return value


def test_unclear_share_is_just_over_a_tenth_and_well_under_without_manual_leads(
    truth: dict[str, Any], tmp_path: Path
) -> None:
    without = write_sample_company(tmp_path, scale=SCALE, until=UNTIL, manual_leads=False)
    for window in ("all_time", "audit_window"):
        assert 0.11 <= truth["unclear_leads"][window]["unclear_share"] <= 0.125
        assert 0.02 <= without["unclear_leads"][window]["unclear_share"] <= 0.04
        assert without["unclear_leads"][window]["manual"] == 0
    named = {(c["lead_id"], c["source"]) for c in truth["customers"] if c["source"] != "unknown"}
    assert named == {(c["lead_id"], c["source"]) for c in without["customers"]}


def test_unclear_leads_in_the_files_have_no_touch_before_them(home: Path, truth: dict[str, Any]) -> None:
    leads = [row for row in rows_of(home, "leads") if row["lead_id"] not in (None, "LX1")]
    manual = {row["lead_id"]: row for row in leads if row["entry_method"] == "manual" and row["source"] is None}
    assert len(manual) == truth["unclear_leads"]["all_time"]["manual"] > 0
    assert all(row["owner"] for row in manual.values())
    emails = {str(row["email"]).lower() for row in manual.values() if row["email"]}
    seen = {row["email"] for entity in ("web_sessions", "web_events") for row in rows_of(home, entity)}
    assert not emails & seen
    about = [row for row in rows_of(home, "activities") if row["lead_id"] in manual or row["email"] in emails]
    assert about and all(row["source"] is None for row in about)


def test_every_source_is_in_the_catalogue() -> None:
    names = [source.name for source in SOURCES]
    assert set(names) <= CATALOGUE
    assert len(names) == len(set(names))
    assert {source.category for source in SOURCES} == {"inbound", "outbound", "paid", "partner", "event", "unclear"}


def test_the_best_and_the_worst_source_are_plain(truth: dict[str, Any]) -> None:
    ltv = {source.name: expected_ltv(source) for source in SOURCES if source.people}
    assert max(ltv, key=ltv.__getitem__) in {"linkedin_ads", "customer_referral"}
    assert min(ltv, key=ltv.__getitem__) == "meta_ads"
    assert truth["sources"]["customer_referral"]["ltv_cac_ratio"] > 10


def test_no_address_is_real(home: Path) -> None:
    emails = {
        str(row["email"]).lower()
        for entity in ("leads", "activities", "web_sessions", "web_events")
        for row in rows_of(home, entity)
        if row["email"]
    }
    assert len(emails) > 100
    assert all(email.endswith(".example") or (".sample" in email and email.endswith("@gmail.com")) for email in emails)
    assert all(str(row["domain"]).endswith(".example") for row in rows_of(home, "accounts"))


@pytest.mark.parametrize(
    ("folder", "foreign"),
    [
        ("orchestration", {"sample_company", "tests", "bench"}),
        ("sample_company", {"tests", "bench"}),
        ("tests", {"bench"}),
    ],
)
def test_a_folder_imports_nothing_that_depends_on_it(folder: str, foreign: set[str]) -> None:
    """The product needs neither the simulator nor tests; a run of the tests needs no benchmark tools."""
    modules = sorted((PROJECT_DIR / folder).rglob("*.py"))
    assert len(modules) > 20
    imported = set()
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {(path.name, alias.name) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((path.name, node.module or ""))
    assert {(file, name) for file, name in imported if name.split(".")[0] in foreign} == set()
