"""Whole files: what is none of its kind is rejected with its reason, and the other files load."""

import gzip
import os

import duckdb
import pytest
from loader_helpers import EVENTS, World, csv_of, event

from orchestration.ingest.load_file import FileLoad, Outcome
from orchestration.ingest.loader import LoaderError


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


GOOD = csv_of(event(1), event(2))

BAD_FILES = {
    "truncated gzip": ("a.csv.gz", gzip.compress(GOOD.encode() * 50)[:-20], "gzip"),
    "no gzip": ("a.csv.gz", b"plain", "gzip"),
    "semicolons": ("a.csv", GOOD.replace(",", ";"), "semicolons"),
    "tabs": ("a.csv", GOOD.replace(",", "\t"), "tabs"),
    "no header": ("a.csv", event(1) + "\n", "no header"),
    "missing column": ("a.csv", "event_id,occurred_at,anonymous_id\n1,2026-01-01,a\n", "event_name"),
    "double column": ("a.csv", EVENTS.strip() + ",page_url\n", "page_url"),
    "utf-16": ("a.csv", GOOD.encode("utf-16"), "UTF-16"),
    "latin-1": ("a.csv", csv_of(event(1), event(2, event_name="caf\u00e9")).encode("latin-1"), "line 3"),
    "latin-1 jsonl": ("a.jsonl", b'{"event_id": "\xe9"}\n', "UTF-8"),
    "empty": ("a.csv", "", "empty"),
    "binary": ("a.csv", bytes(range(256)) * 40, "no header"),
    "no parquet": ("a.parquet", "PAR1 not really", "Parquet"),
    "cr alone": ("a.csv", GOOD.replace("\n", "\r"), "CR alone"),
    "cr alone, zipped": ("a.csv.gz", gzip.compress(GOOD.replace("\n", "\r").encode()), "CR alone"),
    "cr alone around a quoted lf": ("a.csv", csv_of(event(1, page_url='"x\ny"'), end="\r"), "CR alone"),
    "cr alone, header alone": ("a.csv", EVENTS.replace("\n", "\r"), "CR alone"),
    "cr alone, jsonl": ("a.jsonl", '{"event_id": 1}\r{"event_id": 2}\r', "CR alone"),
    "junk behind the gzip": ("a.csv.gz", gzip.compress(GOOD.encode()) + b"junk", "gzip"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_is_none_of_its_kind_is_rejected_whole(world, case):
    file_name, content, reason = BAD_FILES[case]
    world.drop(file_name, content)
    world.drop("good.csv", GOOD)
    report = world.load()
    assert world.raw_ids() == ["1", "2"]
    [row] = world.rejected()
    assert reason in row["reasons"][0]
    assert (row["line"], row["raw_text"], row["file"]) == (0, None, f"standard/web_events/{file_name}")
    assert [f.file_reason for f in report.loaded] == [row["reasons"][0], None]
    assert world.load().skipped == [f"standard/web_events/{name}" for name in (file_name, "good.csv")]


def test_damaged_parquet_pages_reject_the_file(world):
    path = world.drop("a.parquet", "")
    rows = "select range::varchar event_id, '2026-01-01' occurred_at, md5(range::varchar) anonymous_id, 'e' event_name"
    duckdb.execute(f"copy (select * from ({rows} from range(20000))) to '{path}' (format parquet)")
    content = bytearray(path.read_bytes())
    content[2000:60000] = os.urandom(58000)
    path.write_bytes(content)
    world.load()
    assert "Parquet" in world.rejected()[0]["reasons"][0]


def test_nothing_landed_gives_empty_relations_with_all_columns(world):
    world.load()
    cursor = duckdb.connect().execute(f"describe from '{world.raw_folder}/*.parquet'")
    columns = {row[0]: row[1] for row in cursor.fetchall()}
    books = ["extra", "_file", "_checksum", "_landed_at", "_loaded_at"]
    assert list(columns) == world.contract.column_names + books
    assert columns["occurred_at"] == "TIMESTAMP"
    before = (world.raw_folder / "schema.parquet").stat().st_ino
    world.load()
    assert (world.raw_folder / "schema.parquet").stat().st_ino == before


FINE_FILES = {
    "header only": ("a.csv", EVENTS, []),
    "header without line end": ("a.csv", EVENTS.strip(), []),
    "bom": ("a.csv", b"\xef\xbb\xbf" + GOOD.encode(), ["1", "2"]),
    "crlf": ("a.csv", GOOD.replace("\n", "\r\n"), ["1", "2"]),
    "blank lines": ("a.csv", GOOD.replace("\n", "\n\n"), ["1", "2"]),
    "no last line end": ("a.csv", GOOD.rstrip(), ["1", "2"]),
    "padded gzip": ("a.csv.gz", gzip.compress(GOOD.encode()) + bytes(700), ["1", "2"]),
    "gzip in members": (
        "a.csv.gz",
        gzip.compress(csv_of(event(1)).encode()) + gzip.compress(f"{event(2)}\n".encode()),
        ["1", "2"],
    ),
    "gzip": ("a.csv.gz", gzip.compress(GOOD.encode()), ["1", "2"]),
    "upper case": ("A.CSV", GOOD.replace("event_id", " Event_ID "), ["1", "2"]),
    "quoted": ("a.csv", csv_of(event('"1"'), event('"2"')), ["1", "2"]),
    "all quoted": ("a.csv", '"' + GOOD.strip().replace(",", '","').replace("\n", '"\n"') + '"', ["1", "2"]),
    "jsonl bom crlf": (
        "a.jsonl",
        b"\xef\xbb\xbf"
        + b"".join(
            b'{"event_id": %d, "occurred_at": "2026-01-01", "anonymous_id": "a", "event_name": "e"}\r\n\r\n' % i
            for i in (1, 2)
        ),
        ["1", "2"],
    ),
}


@pytest.mark.parametrize("case", FINE_FILES)
def test_harmless_differences_are_fine(world, case):
    file_name, content, ids = FINE_FILES[case]
    world.drop(file_name, content)
    world.load()
    assert world.raw_ids() == ids
    assert world.rejected() == []


def test_data_without_a_record_never_passes_silently(world, monkeypatch):
    """Whatever the reader misses: a file with content and no record is rejected, not loaded as an empty one."""
    monkeypatch.setattr(FileLoad, "_fast_path", lambda *_: Outcome(0, 0, []))
    world.drop("a.csv", GOOD)
    world.drop("b.csv", EVENTS + "\r\n \n")
    world.load()
    assert {entry["file"][-5:]: entry["rows_rejected"] for entry in world.ledger()} == {"a.csv": 1, "b.csv": 0}
    assert "holds data" in world.rejected()[0]["reasons"][0]


def test_bad_rows_of_a_padded_gzip_keep_their_text(world):
    content = csv_of(event(1), event(2, occurred_at="x"))
    world.drop("a.csv.gz", gzip.compress(content.encode()) + bytes(512))
    world.load()
    assert (world.raw_ids(), world.broken()) == (["1"], [(3, event(2, occurred_at="x"))])


def test_columns_may_be_reordered_unknown_or_absent(world):
    world.drop("a.csv", "colour,event_name,event_id,anonymous_id,occurred_at,Size\nred,e,1,a,2026-01-01,\n")
    report = world.load()
    [row] = world.raw()
    assert (row["event_id"], row["event_name"], row["page_url"]) == ("1", "e", None)
    assert row["extra"] == '{"colour":"red","size":null}'
    assert report.loaded[0].new_columns == ["colour", "size"]


def test_the_same_bytes_are_loaded_once(world):
    world.drop("a.csv", GOOD)
    world.drop("b.csv", GOOD)
    assert world.load().skipped == ["standard/web_events/b.csv"]
    before = world.everything()
    world.landing.joinpath("a.csv").rename(world.landing / "c.csv")
    assert world.load().loaded == []
    assert world.everything() == before


def test_other_files_are_named_not_lost_silently(world):
    for file_name in ("README", "a.csv.tmp", ".DS_Store", ".hidden.csv"):
        world.drop(file_name, "x")
    world.landing.joinpath("folder").mkdir()
    assert {name.rsplit("/", 1)[1] for name in world.load().ignored} == {
        "README", "a.csv.tmp", ".DS_Store", ".hidden.csv", "folder"
    }  # fmt: skip


def test_a_file_that_cannot_be_read_is_an_error_and_the_others_load(world, monkeypatch):
    from orchestration.ingest import readers

    world.drop("a.csv", GOOD)
    world.drop("b.csv", csv_of(event(3)))
    real = readers.checksum_of

    def denied(path):
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(readers, "checksum_of", denied)
    with pytest.raises(LoaderError, match=r"a\.csv: Permission denied") as caught:
        world.load()
    assert world.raw_ids() == ["3"]
    assert [file.file for file in caught.value.report.loaded] == ["standard/web_events/b.csv"]


def test_a_file_replaced_between_hashing_and_reading_is_left_for_the_next_run(world, monkeypatch):
    """The same size and time: only the inode tells, as with an upload that is moved into place."""
    from orchestration.ingest import readers

    path = world.drop("a.csv", GOOD)
    real = readers.checksum_of

    def replaced_after(hashed):
        checksum = real(hashed)
        stat = path.stat()
        other = world.home / "upload"
        other.write_text(csv_of(event(3), event(4)))
        os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        other.replace(path)
        return checksum

    monkeypatch.setattr(readers, "checksum_of", replaced_after)
    with pytest.raises(LoaderError, match="changed while being read"):
        world.load()
    assert world.raw_ids() == []
    monkeypatch.undo()
    world.load()
    assert world.raw_ids() == ["3", "4"]


def test_a_file_that_grows_while_being_read_is_left_for_the_next_run(world, monkeypatch):
    path = world.drop("a.csv", GOOD)
    real = FileLoad.run

    def growing(load):
        outcome = real(load)
        path.write_text(GOOD + event(3) + "\n")
        return outcome

    monkeypatch.setattr(FileLoad, "run", growing)
    with pytest.raises(LoaderError, match="changed while being read"):
        world.load()
    monkeypatch.undo()
    world.load()
    assert world.raw_ids() == ["1", "2", "3"]
