"""Which known source a text reads most like."""

import runpy
from types import SimpleNamespace

import duckdb

from tests.end_to_end.nightly_runs import PROJECT_DIR

MODEL = PROJECT_DIR / "dbt_project/models/intermediate/source_mapping/int_source_suggestions.py"
SIGNALS = """
    select * from (values
        ('linkdin', null, null, null, true),
        (null, 'wabinar', 'webinr', null, true),
        ('old_list', null, null, 'linkedin', true),
        ('linkedn', null, null, null, false)
    ) as signals (crm_source_word, utm_source_word, utm_medium_word, referrer_platform, is_unmapped)
"""
NAMES = """
    select * from (values ('linkedin', 'linkedin_ads'), ('webinar', 'webinar'), ('webina', 'conference'))
        as names (name, source)
"""


def test_the_most_similar_name_is_suggested():
    """linkdin is like linkedin (.975), webinr like webinar (.971) and webina (.933); wabinar reaches .914 only."""
    with duckdb.connect() as session:
        tables = {"int_source_signals_classified": session.query(SIGNALS), "int_source_names": session.query(NAMES)}
        dbt = SimpleNamespace(ref=tables.get, config={"meta": {"min_similarity": "0.92"}})
        found = runpy.run_path(str(MODEL))["model"](dbt, session).fetchall()
    assert sorted(found) == [("linkdin", "linkedin_ads"), ("linkedin", "linkedin_ads"), ("webinr", "webinar")]
