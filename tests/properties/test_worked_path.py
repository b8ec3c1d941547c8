"""The path that docs/attribution_models.md works through by hand: the table there is what the models give."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from orchestration.attribution.markov import removal_effects
from orchestration.config.vars import OTHER_MODELS, PROJECT_DIR, project_vars
from tests.properties.conftest import build_credits

PAGE = PROJECT_DIR / "docs" / "attribution_models.md"
OWN = project_vars()["attribution_models"]
ADDED = {"j_shaped": {"first": 0.2, "last": 0.6, "middle": 0.2}}
WON_AT = datetime(2026, 4, 5, 12)
TOUCHES = [
    ("ann", "2026-03-01 12:00", "google_ads_search"),
    ("ann", "2026-03-08 12:00", "linkedin_ads"),
    ("ann", "2026-03-15 12:00", "google_ads_search"),
    ("ann", "2026-03-22 12:00", "webinar"),
    ("ann", "2026-03-29 12:00", "google_ads_search"),
    ("ann", "2026-04-02 12:00", "direct"),
    # Two who bought nothing.
    ("bob", "2026-03-03 12:00", "google_ads_search"),
    ("cat", "2026-03-04 12:00", "linkedin_ads"),
    ("cat", "2026-03-11 12:00", "webinar"),
]


def table_on_the_page(first_column: str) -> dict[str, list[Fraction]]:
    """The table whose header begins so: first cell of a row -> its other cells, which are decimals or fractions."""
    _, table = PAGE.read_text().split(f"\n| {first_column} |", 1)
    rows = table.split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {name: [Fraction(number) for number in numbers] for name, *numbers in cells}


@pytest.fixture(scope="module")
def built(connection, compile_models):
    """Touches and a won deal, through every model from the paths to the credits; gives the effects."""
    models = compile_models({"attribution_models": OWN | ADDED})
    touches = [
        f"('t{number}', '{person}', '{source}', null, {source == 'direct'}, timestamp '{at}:00', 'session')"
        for number, (person, at, source) in enumerate(TOUCHES)
    ]
    touch_columns = "source, campaign, is_direct, occurred_at, touch_type"
    anns = sum(person == "ann" for person, *_ in TOUCHES)
    for table, columns, rows in [
        (
            "int_identified_touchpoints",
            f"touchpoint_id, person_id, {touch_columns}, person_type",
            ", ".join(touch.replace(")", ", 'person')") for touch in touches[:anns]),
        ),
        ("int_anonymous_touchpoints", f"touchpoint_id, anonymous_id, {touch_columns}", ", ".join(touches[anns:])),
        ("int_person_accounts", "person_id, account_id", "('ann', 'acme')"),
        ("int_conversion_persons", "conversion_id, person_id", "('deal', 'ann')"),
        (
            "int_conversions",
            "conversion_id, conversion_type, person_id, account_id, value, crm_source, conversion_at, window_starts_at,"
            " lead_created_at, opportunity_created_at",
            f"('deal', 'customer', 'ann', 'acme', 1000, 'other', timestamp '{WON_AT}',"
            f" timestamp '{WON_AT - timedelta(days=90)}', timestamp '2026-03-08 12:30', timestamp '2026-03-23 09:00')",
        ),
    ]:
        connection.execute(
            f"create or replace table intermediate.{table} as select * from (values {rows}) as rows ({columns})"
        )
    sources = sorted({source for _, _, source in TOUCHES})
    connection.execute("create or replace table seeds.source_catalogue as select unnest(?) as source", [sources])
    for model in (
        *("int_conversion_types", "int_path_touchpoints", "int_path_unit_touchpoints"),
        *("int_source_numbers", "int_markov_steps", "int_markov_transitions"),
    ):
        connection.execute(f"drop view if exists intermediate.{model}")
        connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
    steps = connection.sql("""
        select from_state, to_state, transitions from intermediate.int_markov_transitions
        where conversion_type = 'customer'
    """).fetchall()
    effects = removal_effects(*map(list, zip(*steps, strict=True)))
    connection.execute("""
        create or replace table intermediate.int_markov_effects (
            conversion_type varchar, source varchar, removal_effect double)
    """)
    connection.executemany("insert into intermediate.int_markov_effects values ('customer', ?, ?)", effects.items())
    # As the page says.
    connection.execute("""
        create or replace table intermediate.int_uplift_effects as
        select * from (
            values ('customer', 'google_ads_search', 0.3, 0.1, 1.0), ('customer', 'linkedin_ads', 0.4, 0.1, 1.0),
                ('customer', 'webinar', 0.5, 0.2, 1.0)
        ) as effects (conversion_type, source, effect_before_lead, effect_after_lead, factor)
    """)
    build_credits(connection, models)
    return effects


def test_the_page_shows_the_credits_of_every_model(built, connection):
    page = table_on_the_page("model")
    assert list(page) == [*OWN, *OTHER_MODELS, *ADDED]
    for model, expected in page.items():
        credits = connection.sql(f"select credit_{model} from credits order by touchpoint_id").fetchall()
        assert [credit for (credit,) in credits] == pytest.approx([float(cell) for cell in expected], abs=1e-9), model
        assert sum(expected) == 1, model


def test_the_page_shows_the_removal_effects(built):
    page = table_on_the_page("source")
    assert {source: float(effect) for source, (*_, effect) in page.items()} == pytest.approx(built, abs=1e-9)
