"""The report page in a browser, without a network: what it shows is what SQL gives on the release."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.config.settings import Settings
from orchestration.release.report.data import COSTS, DATASETS
from orchestration.release.report.page import PAGE, write_report
from sample_company import write_sample_company
from tests.end_to_end.cohort_costs import judged_costs
from tests.end_to_end.nightly_runs import AS_OF, run_nightly
from tests.end_to_end.pictures import SAME_WIDTHS, check, differing, pictures

# Debian's, which .ci/run installs: a browser is no Python package.
BROWSER = "/usr/bin/chromium"
pytestmark = pytest.mark.slowest

SETTINGS = Settings(home=Path("/nowhere"), dbt_vars={"as_of": AS_OF})
VIEWS = [
    {},
    {"category": "paid", "period": "quarter.2026-01-01", "conversion": "lead"},
    {"type": "event", "model": "first_touch", "period": "window.2026-01-01", "conversion": "opportunity"},
    {"source": "meta_ads", "model": "shapley", "period": "all", "conversion": "mql"},
    {
        "category": "inbound",
        "type": "content_inbound",
        "model": "markov",
        "period": "quarter.2025-07-01",
        "conversion": "sql",
    },
]
# How often a script may say something that is no figure of a mart: the rest of the page is figures.
LEAST_FIGURES = 150
RTL = "\N{ARABIC LETTER MEEM}\N{ARABIC LETTER SAD}\N{ARABIC LETTER DAL}\N{ARABIC LETTER REH} 1"
HOSTILE = [
    "</script><b>\"'",
    "\N{CJK UNIFIED IDEOGRAPH-5E83}\N{CJK UNIFIED IDEOGRAPH-544A}",
    RTL,
    "<img src=x onerror=alert(1)>",
    "{{ script }}",
    "x" * 90,
]
# One mark of each picture, the hardest to see.
FAINT = [
    "#sheet .mark-rule.role-mark > :first-child",
    "#sheet .mark-area > *",
    "#sheet > :first-child .span",
    "#sheet > :first-child .whisker",
    "#sheet > :first-child .goal",
    "#sheet > .heat:first-child",
]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of a small sample company."""
    home = tmp_path_factory.mktemp("report")
    write_sample_company(home, scale=0.4, seed=1, until=date(2026, 7, 1))
    assert run_nightly(home) == 0
    return (home / "serve" / "current").resolve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, page_file: Path, width: int = 1600, theme: str = "light", script: str = "", **view: str
) -> Iterator[Page]:
    """The page, drawn, after a script of the test. Fails where it reports an error or asks for anything but itself."""
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(script)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{page_file.as_uri()}#{urlencode({'lang': 'en', **view})}")
    page.wait_for_selector("html[data-charts=drawn]")
    yield page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(page_file.as_uri()) and not url.startswith("data:")] == []


def edited(release: Path, folder: Path, *statements: str) -> Path:
    """The page of a copy of the release in which something is different."""
    shutil.copy(release / "warehouse.duckdb", folder)
    (folder / "warehouse.duckdb").chmod(0o644)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)
    return write_report(folder, SETTINGS)


@cache
def figures(release: Path, name: str) -> dict[str, dict[str, Any]]:
    """A mart's rows by the key that the page names them by."""
    dataset = DATASETS[name]
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(f"select * from marts.{dataset.mart} where {dataset.where}")
        columns = [column[0] for column in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    return {"|".join("" if row[part] is None else str(row[part]) for part in dataset.key): row for row in rows}


def shown(value: Any, kind: str, lang: str) -> str:
    """A figure as the page should write it."""
    if value is None:
        return "\N{EN DASH}"
    number = Decimal(f"{float(value):.9g}")
    size = abs(number)
    share = kind in ("share", "change")
    if share:
        places, number = (0 if size >= Decimal("0.0995") or (size == 0 and kind == "share") else 1), number * 100
    else:
        places = {
            "money": 0 if size >= 100 or size == 0 else 2,
            "count": 1,
            "about": 0 if size >= Decimal("9.5") else 1,
            "ratio": 2 if size != 0 and size < Decimal("0.095") else 1,
            "months": 0,
            "days": 1,
            "index": 2,
        }[kind]
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    written = f"{abs(rounded) if kind == 'change' and not rounded else rounded:,f}"
    if kind in ("count", "about", "days") and "." in written:
        written = written.rstrip("0").rstrip(".")
    if kind == "change" and rounded > 0:
        written = f"+{written}"
    if lang == "fr":
        written = written.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
    if share:
        written += "%" if lang == "en" else "\N{NARROW NO-BREAK SPACE}%"
    return f"{written} {'days' if lang == 'en' else 'jours'}" if kind == "days" else written


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(view.values()) or "default")
def test_every_figure_is_that_of_its_mart(release: Path, browser: Browser, view: dict[str, str], lang: str):
    with opened(browser, release / PAGE, lang=lang, **view) as page:
        found = page.evaluate(
            "[...document.querySelectorAll('[data-set]')].map((e) => ({...e.dataset, text: e.textContent}))"
        )
    numbers = [
        figure for figure in found if figure["column"] not in ("recommendation_reason", "recommendation_reason_fr")
    ]
    assert len(numbers) > LEAST_FIGURES
    assert {figure["set"] for figure in numbers} > {
        "performance",
        "cohorts",
        "cohort_months",
        "funnel",
        "retention",
        "months",
        "values",
        "coverage",
    }
    for figure in found:
        value = figures(release, figure["set"])[figure["key"]][figure["column"]]
        where = f"{figure['set']} {figure['key']} {figure['column']}"
        if isinstance(value, str):
            assert figure["text"] == value, where
        else:
            assert figure["text"].replace("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}") == shown(
                value, figure["kind"], lang
            ).replace("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"), where


def from_facts(release: Path, view: dict[str, str]) -> dict[str, float]:
    """Investment, conversions, their cost, pipeline and revenue of a view, from the facts."""
    conversion = view.get("conversion", "customer")
    kind, _, quarter = view.get("period", "window.2026-04-01").partition(".")
    months = {"quarter": 0, "window": 9}.get(kind)
    columns = {"category": "category", "type": "source_type", "source": "dim_sources.source"}
    scope = " and ".join(f"{column} = '{view[name]}'" for name, column in columns.items() if name in view) or "true"

    def during(column: str) -> str:
        if months is None:
            return f"{scope}"
        start, end = f"date '{quarter}' - interval {months} month", f"date '{quarter}' + interval 3 month"
        return f"{scope} and {column} >= {start} and {column} < {end}"

    credit = f"credit_{view.get('model', 'w_shaped')}"

    def credited(kind: str, what: str = "1") -> str:
        return (
            f"select sum({credit} * {what}) from marts.fct_attribution join marts.dim_sources using (source)"
            f" where conversion_type = '{kind}' and {during('conversion_at')}"
        )

    queries = {
        "investment": "select sum(amount) from marts.fct_investment_daily join marts.dim_sources using (source)"
        f" where {during('date')}",
        "conversions": credited(conversion),
        "pipeline": credited("opportunity", "value"),
        "revenue": credited("customer", "value"),
    }
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as connection:
        found = {name: float(connection.execute(query).fetchall()[0][0] or 0) for name, query in queries.items()}
        if conversion != "customer":
            return {**found, "cost": found["investment"] / found["conversions"]}
        # Customers cost what was spent on the leads that they came from, not what was spent when they were won.
        assert (kind, quarter, scope) == ("window", "2026-04-01", "true")
        costs = judged_costs(connection, view.get("model", "w_shaped"), date(2026, 7, 1)).values()
    return {**found, "cost": sum(cost.spend for cost in costs) / sum(cost.customers for cost in costs)}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(view.values()) or "default")
def test_the_headline_figures_are_those_of_the_facts(release: Path, browser: Browser, view: dict[str, str]):
    facts = from_facts(release, view)
    with opened(browser, release / PAGE, **view) as page:
        tiles = page.locator("#headline .tile .big .num").all_text_contents()
    kinds = ["money", "count", "money", "money", "money"]
    values = [facts[name] for name in ("investment", "conversions", "cost", "pipeline", "revenue")]
    assert tiles[:5] == [shown(round(value, 9), kind, "en") for value, kind in zip(values, kinds, strict=True)]


def test_a_view_is_in_the_address_and_opens_again(release: Path, browser: Browser):
    with opened(browser, release / PAGE) as page:
        page.locator("select[name=category]").select_option("paid")
        page.locator("select[name=source]").select_option("meta_ads")
        page.locator("select[name=model]").select_option("markov")
        page.get_by_role("button", name="Français").click()
        address, chosen = page.url, page.locator("#headline .big").all_text_contents()
    assert "source=meta_ads" in address
    with opened(browser, release / PAGE, **dict(pair.split("=") for pair in address.split("#")[1].split("&"))) as page:
        assert page.locator("#headline .big").all_text_contents() == chosen
        assert page.locator("html").get_attribute("lang") == "fr"
        page.locator("select[name=category]").select_option("event")
        assert "meta_ads" not in page.url


def test_an_address_that_means_nothing_opens_the_default_view(release: Path, browser: Browser):
    with opened(browser, release / PAGE) as page:
        usual = page.locator("#headline").inner_text()
    with opened(browser, release / PAGE, source="<b>", period="window.1900-01-01", model="none", lang="en") as page:
        assert page.locator("#headline").inner_text() == usual


def test_a_type_of_another_category_in_the_address_is_dropped(release: Path, browser: Browser):
    with opened(browser, release / PAGE, category="event") as page:
        usual = page.locator("#headline").inner_text()
    with opened(browser, release / PAGE, category="event", type="paid_search", source="meta_ads") as page:
        assert page.locator("#headline").inner_text() == usual
        assert page.locator("select[name=type]").input_value() == "all"


@pytest.mark.parametrize(
    ("width", "theme", "lang"), [(1600, "light", "en"), (1024, "dark", "fr"), (390, "light", "fr"), (390, "dark", "en")]
)
def test_the_page_is_accessible_and_fits(release: Path, browser: Browser, width: int, theme: str, lang: str):
    with opened(browser, release / PAGE, width, theme, lang=lang) as page:
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        faults = Axe().run(page).response["violations"]
        assert [
            (fault["id"], fault["nodes"][0]["html"]) for fault in faults if fault["impact"] in ("serious", "critical")
        ] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg'))")


def test_a_chart_draws_every_row_of_the_table_behind_it(release: Path, browser: Browser):
    """A mark that is not drawn is no error of the library."""
    with opened(browser, release / PAGE) as page:
        months = page.locator("#trend .behind .scroll").first.locator("tbody tr").count()
        quarters = page.locator("#trend .behind .scroll").nth(1).locator("tbody tr").count()
        assert months > 12
        assert page.locator("#trend svg .mark-rect path").count() == 2 * months
        assert 0 < page.locator("#trend svg .mark-symbol path").count() <= quarters
        assert (
            page.locator("#tracking .chart svg .mark-rect path").count()
            == page.locator("#tracking > .behind tbody tr").count()
        )
        sources = page.locator("#models .behind tbody tr").count()
        assert page.locator("#models svg .mark-rule.role-mark line").count() == min(sources, 25)
        assert page.locator("#models svg .mark-symbol path").count() >= 10 * min(sources, 25)
        assert page.locator("#maturity svg .mark-rect path").count() == months
        young = page.locator("#maturity > .behind tbody tr", has_text="not final").count()
        assert 0 < page.locator("#maturity svg .mark-symbol path").count() <= young < months
        assert page.locator("#concentration svg .mark-rect path").count() > 5
        assert page.locator("#retention svg .mark-symbol path").count() > 12


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_drawn_looks_as_it_did(release: Path, browser: Browser, tmp_path: Path, theme: str):
    with opened(browser, release / PAGE, 1024, theme, SAME_WIDTHS) as page:
        check(pictures(page), theme, tmp_path)


def test_one_faint_mark_less_is_seen_in_every_picture(release: Path, browser: Browser, tmp_path: Path):
    with opened(browser, release / PAGE, 1024, "dark", SAME_WIDTHS) as page:
        page.add_style_tag(content=f"{', '.join(FAINT)} {{ visibility: hidden; }}")
        drawn = pictures(page)
    assert set(differing(drawn, "dark", tmp_path)) == drawn.keys()


@pytest.mark.parametrize(("lang", "words"), [("en", "not final"), ("fr", "provisoire")])
def test_what_a_customer_costs_is_marked_until_its_customers_have_come(
    release: Path, browser: Browser, tmp_path: Path, lang: str, words: str
):
    """Under the threshold wherever a CAC is: the headline, the table of sources, the quarters over time."""
    shares = "case when source = 'webinar' then 0.9 else 0.899 end"
    page_file = edited(release, tmp_path, f"update marts.report_performance set cac_maturity_share = {shares}")
    with opened(browser, page_file, lang=lang) as page:
        marked = dict(
            zip(
                page.locator("#sources tbody th bdi").all_text_contents(),
                page.locator("#sources tbody td:nth-child(6)").all_text_contents(),
                strict=True,
            )
        )
        webinar = marked.pop({"en": "Webinar", "fr": "Webinaire"}[lang])
        priced = [cost for cost in marked.values() if not re.search("no cost|coût", cost)]
        assert words not in webinar and len(priced) > 15
        assert all(words in cost for cost in priced)
        assert words in page.locator("#headline .tile", has_text="CAC").first.inner_text()
        assert words in page.locator("#trend .legend").inner_text()
        assert words in page.locator("#trend .behind .scroll").nth(1).text_content()
    with opened(browser, page_file, lang=lang, conversion="lead") as page:
        assert words not in page.locator("#sources").inner_text()


def test_ways_of_paying_are_the_parts_of_ltv_and_an_annualised_rate_says_so(release: Path, browser: Browser):
    rows = figures(release, "values")
    with opened(browser, release / PAGE) as page:
        page.wait_for_selector("#retention [data-column=ltv_purchases]")
        found = page.evaluate(
            "[...document.querySelectorAll('#retention [data-set=values]')].map((e) => "
            "[e.dataset.key, e.dataset.column, e.closest('td, th').textContent])"
        )
    cells = {(key, column): text for key, column, text in found}
    keys = {key for key, _, _ in found}
    assert len(keys) > 15
    for key in keys:
        row = rows[key]
        for way in ("ltv_subscriptions", "ltv_purchases"):
            assert ((key, way) in cells) == bool(row[way]), (key, way)
        for rate in ("nrr", "grr"):
            annualised = row[rate] is None and row[f"{rate}_annualised"] is not None
            assert ((key, f"{rate}_annualised") in cells) == annualised
            assert not annualised or "annualised" in cells[key, f"{rate}_annualised"]
    assert any(column == "nrr_annualised" for _, column in cells)


def test_a_cac_is_a_range_where_customers_are_of_unclear_sources(release: Path, browser: Browser):
    with opened(browser, release / PAGE) as page:
        page.evaluate("document.querySelectorAll('#tracking details').forEach((part) => { part.open = true; })")
        cells = page.locator("#tracking details", has_text="true CAC").locator("tbody td").all_text_contents()
    low, high = ([float(cell.replace(",", "")) for cell in cells[start::2]] for start in (0, 1))
    assert len(low) > 15
    assert all(least < most for least, most in zip(low, high, strict=True))


# Verdict then and today, whether it held, whether it is reversed, and what the page says of that.
HINDSIGHT = {
    "webinar": ("double", "double", "true", "false", "held"),
    "organic_search": ("keep", "fix", "false", "false", "changed"),
    "meta_ads": ("double", "stop", "false", "true", "reversed"),
    "retargeting": ("insufficient_data", "double", "null", "null", "open"),
    # Left out: it says nothing, then or today.
    "conference": ("insufficient_data", "insufficient_data", "null", "null", None),
}


def test_past_decisions_stand_beside_what_is_known_today(release: Path, browser: Browser, tmp_path: Path):
    changes = [
        f"update marts.decision_log set verdict = '{then}', hindsight_verdict = '{today}', verdict_held = {held},"
        f" verdict_reversed = {reversed_}, is_backfilled = (source = 'webinar') where source = '{source}'"
        for source, (then, today, held, reversed_, _) in HINDSIGHT.items()
    ]
    kept = f"source in {tuple(HINDSIGHT)} and quarter = date '2025-07-01'"
    shares = (
        "judged_decisions = case when verdict = 'double' then 4 else 0 end, held_share = 0.75, reversed_share = 0.25"
    )
    page_file = edited(
        release,
        tmp_path,
        *changes,
        f"delete from marts.decision_log where not ({kept})",
        f"update marts.verdict_accuracy set {shares}",
    )
    with opened(browser, page_file) as page:
        cells = [
            row.locator("th, td").all_text_contents()
            for row in page.locator("#log .scroll").nth(1).locator("tbody tr").all()
        ]
        accuracy = page.locator("#log .scroll").first.locator("tbody tr").all_text_contents()
    said = {source.split("Q3")[0]: (then, today, held) for source, then, _, today, _, held in cells}
    words = {"double": "Double", "keep": "Keep", "fix": "Fix", "stop": "Stop", "insufficient_data": "Not enough data"}
    labels = ("Webinar", "Organic search", "Meta Ads", "Retargeting")
    expected = {
        label: (words[then], words[today], held)
        for label, (then, today, *_, held) in zip(labels, HINDSIGHT.values(), strict=False)
    }
    assert said == expected
    assert [source for source, *_ in cells if "added later" in source] == ["WebinarQ3 2025 · added later"]
    assert len(accuracy) == 1 and "75%" in accuracy[0] and "25%" in accuracy[0]


def test_until_verdicts_are_old_enough_none_is_judged(release: Path, browser: Browser, tmp_path: Path):
    nothing = "update marts.verdict_accuracy set judged_decisions = 0, held_share = null, reversed_share = null"
    with opened(browser, edited(release, tmp_path, nothing)) as page:
        assert "No verdict can be judged yet: that takes 4 quarters" in page.locator("#log").inner_text()


def test_a_move_that_may_lose_customers_says_so(release: Path, browser: Browser, tmp_path: Path):
    columns = "quarter, attribution_model, from_source, to_source, amount, customers_lost, customers_lost_low"
    columns += ", customers_lost_high, lost_basis, customers_won, customers_won_low, customers_won_high, won_basis"
    columns += ", net_customers, net_customers_low, net_customers_high"
    start = "(date '2026-04-01', 'w_shaped', 'meta_ads', "
    page_file = edited(
        release,
        tmp_path,
        "delete from marts.budget_moves",
        f"insert into marts.budget_moves ({columns}) values"
        f" {start} 'webinar', 900, 1, 0.5, 2, 'average', 4, 3, 5, 'regression', 3, 1.5, 4),"
        f" {start} 'retargeting', 100, 1, 0.5, 2, 'average', 2, 0.5, 3, 'average', 1, -1.2, 2)",
        "update marts.source_marginal_costs set marginal_cost = 1234, marginal_cost_low = 900,"
        " marginal_cost_high = 1700, unknown_reason = null where source = 'webinar'",
        "update marts.source_marginal_costs set marginal_cost = null, unknown_reason = 'spend_hardly_varied'"
        " where source = 'meta_ads'",
    )
    with opened(browser, page_file) as page:
        page.evaluate("document.querySelectorAll('#moves details').forEach((part) => { part.open = true; })")
        safe, risky = page.locator("#moves .scroll").first.locator("tbody tr").all_text_contents()
        costs = page.locator("#moves details tbody tr")
        assert "may lose customers" in risky and "-1.2" in risky
        assert "may lose customers" not in safe and "by marginal cost" in safe
        assert "by marginal cost" not in risky and "average CAC" in page.locator("#moves").inner_text()
        assert "1,234" in costs.filter(has_text="Webinar").inner_text()
        assert "spend hardly varied" in costs.filter(has_text="Meta Ads").inner_text()


def test_the_page_works_from_the_keyboard(release: Path, browser: Browser):
    with opened(browser, release / PAGE) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        sort = page.locator("#sources th button.sort", has_text="Investment")
        sort.focus()
        page.keyboard.press("Enter")
        first = [
            text.replace(",", "") for text in page.locator("#sources tbody tr td:nth-child(3)").all_text_contents()
        ]
        amounts = [float(text) for text in first]
        assert amounts == sorted(amounts, reverse=True)
        page.locator("#sources th .help").first.focus()
        assert "Ad spend and other costs" in page.locator("#tip").inner_text()
        page.keyboard.press("Escape")
        assert page.locator("#tip").is_hidden()


def test_names_from_the_data_are_shown_and_not_run(release: Path, browser: Browser, tmp_path: Path):
    sources = ["email_marketing", "customer_referral", "meta_ads", "organic_search", "retargeting", "webinar"]
    quoted = {source: name.replace("'", "''") for source, name in zip(sources, HOSTILE, strict=True)}
    changes = [
        f"update marts.dim_sources set source_label = '{name}', source_label_fr = '{name}' where source = '{source}'"
        for source, name in quoted.items()
    ]
    owner = HOSTILE[0].replace("'", "''")
    page_file = edited(
        release,
        tmp_path,
        f"update marts.dim_sources set source_label = '{'x' * 300}'",
        *changes,
        f"update marts.tracking_coverage set value = '{owner}' where dimension = 'owner' and value = 'm.albers'",
    )
    with opened(browser, page_file) as page:
        names = page.locator("#sources tbody th bdi").all_text_contents()
        assert set(HOSTILE) <= set(names)
        assert HOSTILE[0] in page.locator("#tracking tbody th bdi").all_text_contents()
        assert HOSTILE[0] in page.locator("#models svg text").all_text_contents()
        assert page.locator("main b, main img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1600


WITHOUT_COSTS = ", ".join(
    f"{column} = null"
    for column in DATASETS["performance"].columns
    if column in COSTS or column.startswith(("cac", "ltv_cac", "payback"))
)
MISSING = {
    "nothing": (
        [f"delete from marts.{dataset.mart}" for dataset in DATASETS.values()]
        + ["update marts.check_results set passed = true, figure = null"],
        ["Nothing has been loaded yet", "No customers", "No leads"],
    ),
    "no costs": (
        [
            f"update marts.report_performance set investment = 0, {WITHOUT_COSTS}",
            "update marts.report_cohorts set investment = 0, expected_cohort_cac = null, roi = null",
            "update marts.report_totals set investment = 0",
            "delete from marts.budget_moves",
        ],
        ["No costs on record"],
    ),
    "no deals": (
        [
            "update marts.report_performance set opportunities = 0, customers = 0",
            "delete from marts.report_retention",
            "delete from marts.source_dependence where measure <> 'leads'",
            "delete from marts.decision_log",
            "delete from marts.budget_moves",
        ],
        ["No deals on record", "No customers", "No verdict in the log"],
    ),
    "one source": (
        [
            f"delete from marts.{mart} where source <> 'webinar'"
            for mart in (
                "report_performance",
                "report_cohorts",
                "decision_log",
                "source_marginal_costs",
                "report_totals",
                "report_funnel",
                "report_retention",
                "source_verdicts",
                "fct_source_cac_ltv",
                "source_portfolio",
            )
        ],
        [],
    ),
}


@pytest.mark.parametrize("case", MISSING)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_is_missing_is_said_with_how_to_bring_it(
    release: Path, browser: Browser, tmp_path: Path, case: str, lang: str
):
    changes, words = MISSING[case]
    with opened(browser, edited(release, tmp_path, *changes), lang=lang) as page:
        said = page.locator("main").inner_text()
        assert page.locator("main > section").count() == 16
        assert all(section.inner_text().strip() for section in page.locator("main > section").all())
    if lang == "en":
        assert all(word in said for word in words)
    assert not re.search(r"undefined|NaN|\[object|null", said)


def test_rows_behind_a_check_are_in_the_readers_words(release: Path, browser: Browser):
    with opened(browser, release / PAGE, lang="fr") as page:
        cells = set(page.locator("#wrong td, #wrong tbody th").all_text_contents())
        heads = set(page.locator("#wrong thead th").all_text_contents())
    assert {"Mois", "mars 2026", "Recherche payante"} <= cells
    assert not {"month", "2026-03", "paid_search"} & cells
    assert {"Investissement EUR", "CAC EUR"} <= heads


def test_a_chart_without_a_mark_is_a_sentence(release: Path, browser: Browser, tmp_path: Path):
    """Bars of 0 are no bars: what is missing is said instead, panel by panel."""
    months = "update marts.report_totals set investment = 0"
    rows = f"update marts.report_performance set investment = 0, {WITHOUT_COSTS}"
    with opened(browser, edited(release, tmp_path, months, rows)) as page:
        assert page.locator("#trend svg .mark-rect path").count() > 0
        assert "Investment" not in (page.locator("#trend svg").text_content() or "")
        assert "No costs on record" in page.locator("#trend .missing").inner_text()
        page.locator("select[name=source]").select_option("podcast")
        page.wait_for_selector("#trend .missing >> text=No such conversions")
        assert page.locator("#trend .chart").count() == 0


def test_the_page_is_small(release: Path):
    assert (release / PAGE).stat().st_size < 3_000_000
