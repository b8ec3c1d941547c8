"""Rows: the good ones typed and in order, the bad ones with their exact text, line and every reason."""

import json

import duckdb
import pytest
from loader_helpers import World, csv_of, event


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_bad_rows_keep_text_line_and_every_reason(world):
    bad = event("", occurred_at="31.01.2026", anonymous_id="")
    world.drop("a.csv", csv_of(event(1), bad, "", event(2), event(3, occurred_at="2099-01-01")))
    world.load()
    assert world.raw_ids() == ["1", "2"]
    first, second = world.rejected()
    assert (first["line"], first["raw_text"]) == (3, bad)
    assert [reason.split(":")[0] for reason in first["reasons"]] == ["event_id", "occurred_at", "anonymous_id"]
    assert "31.01" not in str(first["reasons"])
    assert (second["line"], "future" in second["reasons"][0]) == (6, True)


STRUCTURE = {
    "too few fields": ("2,too", "2 fields"),
    "too many fields": (event(2) + ",x,y", "7 fields"),
    "text after quote": ('2,2026-01-01,"a"x,e,', "closing quote"),
    "long line": (event(2, page_url="x" * 10_000_000), "longer than"),
    "nul byte": (event(2, page_url="a\0b"), "NUL"),
}


@pytest.mark.parametrize("case", STRUCTURE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_structural_fault_costs_one_record(world, case, end):
    text, reason = STRUCTURE[case]
    multi = event(3, page_url='"two' + end + 'lines, ""quoted"""')
    world.drop("a.csv", csv_of(event(1), text, "", multi, event(4, occurred_at="x"), event(5), end=end))
    world.load()
    assert [(row["event_id"], row["page_url"]) for row in world.raw()] == [
        ("1", None),
        ("3", f'two{end}lines, "quoted"'),
        ("5", None),
    ]
    assert world.broken() == [(3, text), (7, event(4, occurred_at="x"))]
    assert reason in world.rejected()[0]["reasons"][0]


def test_an_unclosed_quote_takes_the_rest_and_says_so(world):
    rest = event(2, page_url='"open') + "\n" + event(3) + "\n" + event(4)
    world.drop("a.csv", csv_of(event(1), rest))
    world.load()
    assert world.raw_ids() == ["1"]
    assert [text.rstrip("\n") for _, text in world.broken()] == [rest]
    assert "never closed" in world.rejected()[0]["reasons"][0]


def test_after_a_stray_quote_reading_recovers(world):
    lines = [event(2, page_url='"open'), event(3, event_name='"e"'), event(4)]
    world.drop("a.csv", csv_of(event(1), *lines))
    world.load()
    assert world.raw_ids() == ["1", "4"]
    assert world.broken() == [(3, "\n".join(lines[:2]))]


def test_a_quote_within_a_bare_field_is_text(world):
    world.drop("a.csv", csv_of(event(1, page_url='6" pipe'), event(2), "3,broken"))
    world.load()
    assert [row["page_url"] for row in world.raw()] == ['6" pipe', None]


def test_text_is_trimmed_and_blanks_are_missing(world):
    spaced = event(" 1\t", anonymous_id="\u00a0a1 ", event_name='"page\tview\r\n"', page_url=" \t\u00a0")
    world.drop("a.csv", csv_of(spaced, event("   "), event(2, anonymous_id="\u00a0"), event(3, page_url='" \n"')))
    world.load()
    columns = ("event_id", "anonymous_id", "event_name", "page_url")
    assert [tuple(row[column] for column in columns) for row in world.raw()] == [
        ("1", "a1", "page\tview", None),
        ("3", "a1", "page_view", None),
    ]
    assert [row["reasons"][0].split(";")[0] for row in world.rejected()] == [
        "event_id: missing",
        "anonymous_id: missing",
    ]


def test_duplicate_keys_are_both_kept_in_order(world):
    world.drop("a.csv", csv_of(event(1, event_name="first"), event(1, event_name="second")))
    world.load()
    assert [row["event_name"] for row in world.raw()] == ["first", "second"]


MOMENTS = {
    "2026-01-31": "2026-01-31 00:00:00.000001",
    "2026-01-31T00:00:00Z": "2026-01-31 00:00:00",
    "2026-01-31 09:30": "2026-01-31 09:30:00",
    "2026-01-31 9:30:15": "2026-01-31 09:30:15",
    "2026-01-31T09:30:00.123456Z": "2026-01-31 09:30:00.123456",
    "2026-01-31T09:30:00+02:00": "2026-01-31 07:30:00",
    "2026-01-31 09:30:00-0530": "2026-01-31 15:00:00",
    "2026-01-31 09:30:00 +02": "2026-01-31 07:30:00",
    "2026-01-31 09:30:00 -0530": "2026-01-31 15:00:00",
    "2026-01-31 09:30:00 UTC": "2026-01-31 09:30:00",
    "2026-01-31T09:30Z": "2026-01-31 09:30:00",
    "2026-01-31T09:30 UTC": "2026-01-31 09:30:00",
    "2026-01-31T09:30+02:00": "2026-01-31 07:30:00",
    "2026-01-31 09:30 -05": "2026-01-31 14:30:00",
    "2026-01-31T09:30:00+14:00": "2026-01-30 19:30:00",
    "2026-01-31T09:30:00+14:30": None,
    "2026-01-31T09:30:00-15": None,
    "2026-01-31T09:30:00+99:00": None,
    "2026-01-31T09:30:00+02:60": None,
    "2026-1-5": None,
    "2026-02-30": None,
    "infinity": None,
    "epoch": None,
    "1969-12-31": None,
    "2101-01-01": None,
    "1767225600": None,
}


def test_moments_are_utc_and_nonsense_is_rejected(world):
    world.drop("a.csv", csv_of(*(event(text, occurred_at=text) for text in MOMENTS)))
    world.load()
    assert {row["event_id"]: str(row["occurred_at"]) for row in world.raw()} == {k: v for k, v in MOMENTS.items() if v}


COSTS = {
    "2026-01,google,agency,10.50,eur": None,
    "2026-01-01,google,Agency,.5,": None,
    "2026-13,google,agency,1,": "month",
    "2026-01,,agency,1,": "source",
    "2026-01,google,gifts,1,": "cost_type",
    "2026-01,google,agency,-1,": "amount",
    "2026-01,google,agency,nan,": "amount",
    "2026-01,google,agency,1_000,": "amount",
    "2026-01,google,agency,1e30,": "amount",
    "2026-01,google,agency,1,euro": "currency",
}


def test_each_type_has_its_rule(tmp_path):
    world = World(tmp_path, "costs")
    world.drop("a.csv", "\n".join(["month,source,cost_type,amount,currency", *COSTS]))
    world.load()
    assert [(str(row["month"]), str(row["amount"]), row["cost_type"], row["currency"]) for row in world.raw()] == [
        ("2026-01-01", "10.500000", "agency", "EUR"),
        ("2026-01-01", "0.500000", "agency", None),
    ]
    assert [(row["raw_text"], row["reasons"][0].split(":")[0]) for row in world.rejected()] == [
        (text, field) for text, field in COSTS.items() if field
    ]


def test_whole_numbers_are_not_rounded_and_one_of_two_ids_is_needed(tmp_path):
    leads = World(tmp_path / "leads", "leads")
    leads.drop("a.csv", "lead_id,created_at,employees,is_deleted\n1,2026-01-01,10.0,TRUE\n2,2026-01-01,1.5,yes\n")
    leads.load()
    assert [(row["employees"], row["is_deleted"]) for row in leads.raw()] == [(10, True)]
    assert len(leads.rejected()[0]["reasons"]) == 2
    revenue = World(tmp_path / "revenue", "revenue")
    revenue.drop("a.csv", "revenue_id,date,account_id,amount,kind\n1,2026-01-01,,-5,refund\n2,2026-01-01,a,-5,refund\n")
    revenue.load()
    assert revenue.raw_ids() == ["2"]
    assert "lead_id" in revenue.rejected()[0]["reasons"][0]


def json_event(number: int, **changes) -> str:
    base = {"event_id": number, "occurred_at": "2026-01-01T00:00:00Z", "anonymous_id": "a", "event_name": "e"}
    return json.dumps(base | changes)


def test_jsonl_keeps_malformed_lines_and_unknown_keys(world):
    broken = ['{"event_id": 2', "[1, 2]", json_event(4, occurred_at=None), json_event(5, event_name="a\0b"), '"text"']
    good = [json_event(1, page_url="\u00e9", colour={"deep": [1, "x"]}), json_event(6)]
    world.drop("a.jsonl", "\n".join([good[0], "", *broken, good[1]]))
    report = world.load()
    assert world.raw_ids() == ["1", "6"]
    assert [(row["page_url"], row["extra"]) for row in world.raw()] == [
        ("\u00e9", '{"colour":{"deep":[1,"x"]}}'),
        (None, None),
    ]
    assert world.broken() == list(enumerate(broken, 3))
    assert report.loaded[0].new_columns == ["colour"]


def test_jsonl_names_are_read_in_any_case_as_csv_headers_are(world):
    mixed = {
        "Event_ID": 1, " occurred_at ": "2026-01-01", "ANONYMOUS_ID": "a", "event_name": "e",
        "Page_URL": "q\"\u00e9", "Size/~": {"Deep": [1, None]}, "": 0,
    }  # fmt: skip
    twice = json.dumps(json.loads(json_event(2)) | {"Event_Id": 3})
    broken = json.dumps(json.loads(json_event(4)) | {"Page_url": 1, "occurred_at": "x"})
    world.drop("a.jsonl", "\n".join([json.dumps(mixed), twice, broken]))
    report = world.load()
    [row] = world.raw()
    assert (row["event_id"], row["anonymous_id"], row["page_url"]) == ("1", "a", 'q"\u00e9')
    assert json.loads(row["extra"]) == {"size/~": {"Deep": [1, None]}, "": 0}
    assert world.broken() == [(2, twice), (3, broken)]
    assert [row["reasons"][0].split(";")[0] for row in world.rejected()] == [
        "record: two of its names differ only in capitals or spaces",
        "occurred_at: not a moment",
    ]
    assert report.loaded[0].new_columns == ["", "size/~"]


def test_jsonl_line_of_ten_megabytes(world):
    long = json_event(2, page_url="x" * 10_000_000)
    world.drop("a.jsonl", "\n".join([json_event(1), long, json_event(3)]))
    world.load()
    assert world.raw_ids() == ["1", "3"]
    assert world.broken() == [(2, long)]


def test_parquet_with_its_own_types(world):
    path = world.drop("a.parquet", "")
    rows = """values (1, timestamptz '2026-01-01 10:00:00+02', 'a', 'e', 7.5), (2, null, 'b', '', null),
        (3, timestamptz '2026-01-01 10:00:00Z', 'a', 'e', null)"""
    names = "event_id, occurred_at, anonymous_id, event_name, weight"
    duckdb.execute(f"copy (select * from ({rows}) as rows ({names})) to '{path}' (format parquet)")
    world.load()
    assert [(row["event_id"], str(row["occurred_at"]), row["extra"]) for row in world.raw()] == [
        ("1", "2026-01-01 08:00:00", '{"weight":7.5}'),
        ("3", "2026-01-01 10:00:00", '{"weight":null}'),
    ]
    [row] = world.rejected()
    assert (row["line"], json.loads(row["raw_text"])["anonymous_id"], len(row["reasons"])) == (2, "b", 2)


def test_parquet_with_a_column_of_the_reader_s_own_name(world):
    path = world.drop("a.parquet", "")
    rows = """select 'e' || range as event_id, '2026-01-01' as occurred_at, 'a' as anonymous_id, 'e' as event_name,
        range::varchar as File_Row_Number from range(5)"""
    duckdb.execute(f"copy (select * replace (if(event_id = 'e3', '', event_id) as event_id) from ({rows})) to '{path}'")
    world.load()
    assert world.raw_ids() == ["e0", "e1", "e2", "e4"]
    assert [row["extra"] for row in world.raw()] == [f'{{"file_row_number":"{at}"}}' for at in (0, 1, 2, 4)]
    assert [line for line, _ in world.broken()] == [4]


NESTED = {
    "event_timestamp": 1767261600000001,
    "event_name": "page_view",
    "event_params": [{"key": "ga_session_id", "value": {"string_value": None, "int_value": 17}}],
    "collected_traffic_source": {"manual_source": 'a "b"', "gclid": None},
    "device": {"category": "mobile"},
}


def test_what_is_nested_is_the_same_json_in_raw_whatever_the_file(tmp_path):
    world = World(tmp_path, entity="events", feed="ga4")
    world.drop("a.ndjson", json.dumps(NESTED))
    as_text = {key: value if isinstance(value, (int, str)) else json.dumps(value) for key, value in NESTED.items()}
    header, cells = zip(*as_text.items(), strict=True)
    quoted = ",".join('"' + str(cell).replace('"', '""') + '"' for cell in cells)
    world.drop("b.csv", f"{','.join(header)}\n{quoted}\n")
    nested = duckdb.connect()
    nested.execute(f"create table rows as from read_json('{world.landing}/a.ndjson')")
    nested.execute(f"copy rows to '{world.landing}/c.parquet' (format parquet)")
    parameters = "event_params::json as event_params, to_json(event_name) as event_name"
    nested.execute(f"copy (select * replace ({parameters}) from rows) to '{world.landing}/d.parquet' (format parquet)")
    types = {row[0]: row[1] for row in nested.execute("describe rows").fetchall()}
    assert types["event_params"].endswith("[]") and types["collected_traffic_source"].startswith("STRUCT(")
    world.load()
    assert world.rejected() == []
    rows = [
        (row["event_name"], json.loads(row["event_params"]), json.loads(row["collected_traffic_source"]))
        for row in world.raw()
    ]
    assert rows == [("page_view", NESTED["event_params"], NESTED["collected_traffic_source"])] * 4
    assert {json.dumps(json.loads(row["extra"])["device"]) for row in world.raw()} >= {json.dumps(NESTED["device"])}


@pytest.mark.parametrize("broken", ["[1", "plain", "5", '"[]"'])
def test_what_should_be_json_and_is_none_is_rejected(tmp_path, broken):
    world = World(tmp_path, entity="events", feed="ga4")
    world.drop("a.jsonl", json.dumps(NESTED | {"event_params": broken}) + "\n" + json.dumps(NESTED))
    world.load()
    assert len(world.raw()) == 1
    [row] = world.rejected()
    assert row["reasons"] == ["event_params: not a JSON object or list; export it nested, or as JSON text"]
