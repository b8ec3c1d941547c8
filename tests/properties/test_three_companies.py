"""The walks of docs/reading_the_numbers.md through three companies: every figure is what the project's SQL gives."""

import duckdb
import pytest

from tests.end_to_end.pages import check_on, read_queries
from tests.properties.conftest import CUSTOMER_TABLES, PROJECT_DIR, build
from tests.properties.three_companies import AS_OF, COMPANIES, Company

TARGETS = ("source_performance_monthly", "source_performance_quarterly", "fct_source_cac_ltv")
SEEDS = PROJECT_DIR / "seeds"
# From the company's own tables; every customer came by one source, under one model.
TABLES = CUSTOMER_TABLES | {
    "seeds.source_catalogue": f"select * from read_csv('{SEEDS}/source_catalogue.csv')",
    "seeds.recommendation_texts": f"select * from read_csv('{SEEDS}/recommendation_texts.csv')",
    "intermediate.int_attribution_models": "select 'linear' as attribution_model",
    "intermediate.int_investment_daily": (
        "select source, month::date as date, amount::decimal(28, 6) as amount from spend"
    ),
    "intermediate.int_leads": "select lead_id, created_on::timestamp as created_at from leads",
    "intermediate.int_lead_sources": "select lead_id, source as original_source from leads",
    "intermediate.int_lead_stages": """
        select
            leads.lead_id, leads.created_on::timestamp as created_at, won_on::timestamp as mql_at,
            won_on::timestamp as sql_at, won_on::timestamp as opportunity_at, won_on::timestamp as customer_at
        from leads left join customers using (lead_id)
    """,
    "intermediate.int_deals": """
        select account_id as deal_id, account_id, lead_id, true as is_first_won, won_on::timestamp as won_at,
            amount::decimal(18, 6) as amount
        from customers
    """,
    "intermediate.int_deal_sources": "select account_id as deal_id, source as original_source from customers",
    "intermediate.int_customer_shares": (
        "select account_id, 'linear' as attribution_model, source, 1.0::double as share from customers"
    ),
    "marts.attribution_daily": """
        select created_on::date as conversion_date, source, 'linear' as attribution_model, 'lead' as conversion_type,
            count(*)::double as conversions, 0::decimal(28, 10) as value
        from leads group by all
        union all
        select won_on::date, source, 'linear', conversion_type, count(*), sum(amount)
        from customers cross join (values ('opportunity'), ('customer')) as types (conversion_type) group by all
    """,
}


def built(models, company: Company) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for schema in ("staging", "intermediate", "marts", "seeds"):
        connection.execute(f"create schema {schema}")
    for name, frame in company.frames().items():
        connection.register(name, frame)
    build(connection, models, TABLES, *TARGETS)
    return connection


@pytest.fixture(scope="module")
def models(compile_graph):
    return compile_graph({"as_of": str(AS_OF)})


@pytest.mark.parametrize("name", COMPANIES)
def test_every_figure_of_the_walk_is_that_of_the_marts(models, name):
    _, walk = (PROJECT_DIR / "docs" / "reading_the_numbers.md").read_text().split(f"\n### {name}\n")
    shown = read_queries(walk.partition("\n### ")[0])
    assert len(shown) == 3
    connection = built(models, COMPANIES[name]())
    for each in shown:
        check_on(connection, each)


# What each company makes certain, and the source that one figure alone would misjudge.
WORTH = {
    "A shop": {"email_marketing": 365.4 / 60, "meta_ads": 105 / 60},
    "A subscription business": {"partner_referral": 2276.4 / 400, "google_ads_search": 1041.6 / 500},
    "A long sales cycle": {"linkedin_ads": 4, "conference": 2},
}


@pytest.mark.parametrize("name", COMPANIES)
def test_each_walk_ends_with_the_decision_that_the_truth_asks_for(models, name):
    connection = built(models, COMPANIES[name]())
    verdicts = connection.sql("""
        select source, recommendation, ltv_cac_low, ltv_cac_high from marts.source_performance_quarterly
        where quarter = date '2026-04-01'
    """).fetchall()  # fmt: skip
    for source, recommendation, low, high in verdicts:
        truth = WORTH[name].get(source)
        right = "insufficient_data" if truth is None else "double" if truth >= 3 else "fix"
        assert recommendation == right, source
        assert truth is None or low < truth < high, source
