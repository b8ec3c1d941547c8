"""Every file of a bucket lands: whole, once, as it is; whatever its name, its time, or the moment of a power cut."""

import gzip
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.config.settings import Settings
from orchestration.extract import buckets, find_extractor
from orchestration.extract.pipeline import ExtractError, files_outbox, land, outbox, remarks
from tests.fakes import s3
from tests.integration.killed import land_killed

LEADS = "standard/leads"


@pytest.fixture(scope="module")
def address():
    with s3.server() as running:
        yield running


@pytest.fixture
def bucket(address, monkeypatch):
    """A client of an S3 with the bucket `exports`, which the settings point to."""
    client = s3.client(address)
    client.create_bucket(Bucket="exports")
    for name, value in s3.settings(address).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SOURCES__BUCKETS__BUCKET_URLS", '["s3://exports"]')
    return client


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A local folder, which the settings point to."""
    path = tmp_path / "exports"
    path.mkdir()
    monkeypatch.setenv("SOURCES__BUCKETS__BUCKET_URLS", json.dumps([path.as_uri()]))
    return path


def put(client, key: str, body: bytes, bucket: str = "exports") -> None:
    client.put_object(Bucket=bucket, Key=key, Body=body)


def drop(folder: Path, name: str, body: bytes, at: int) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (at, at))
    return path


def land_all(home: Path) -> list[str]:
    landing = home / "landing"
    return sorted(path.relative_to(landing).as_posix() for path in land(Settings(home), find_extractor("buckets")))


def contents(home: Path) -> list[bytes]:
    """What has landed, hidden files too."""
    return sorted(path.read_bytes() for path in (home / "landing").glob("[a-z]*/*/*"))


def test_files_land_as_they_are_and_once(bucket, home):
    zipped = gzip.compress(b"lead_id\n1\n")
    put(bucket, f"{LEADS}/a.csv.gz", zipped)
    put(bucket, "hubspot/contact/é b.JSONL", b"\x00\xff")
    put(bucket, "standard/costs/empty.csv", b"")
    files = ["hubspot/contact/é b.JSONL", "standard/costs/empty.csv", "standard/leads/a.csv.gz"]
    assert land_all(home) == files
    assert [(home / "landing" / file).read_bytes() for file in files] == [b"\x00\xff", b"", zipped]
    told = bucket.head_object(Bucket="exports", Key=files[2])["LastModified"].timestamp()
    assert (home / "landing" / files[2]).stat().st_mtime == told
    assert land_all(home) == []
    put(bucket, f"{LEADS}/b.csv", b"2")
    assert land_all(home) == [f"{LEADS}/b.csv"]


def test_a_changed_file_lands_beside_what_it_was(bucket, home):
    """Also one of the same size, and where nobody has read the first yet."""
    for body in (b"1", b"2", b"22"):
        put(bucket, f"{LEADS}/a.csv", body)
        land_all(home)
    assert contents(home) == [b"1", b"2", b"22"]
    assert (home / "landing" / LEADS / "a.csv").read_bytes() == b"1"
    # What it was before it is again: that has landed.
    put(bucket, f"{LEADS}/a.csv", b"1")
    assert land_all(home) == []


def test_a_changed_file_of_the_same_size_lands_from_a_folder(folder, home):
    """Where there is no ETag, its time tells, an older one too."""
    for at, body in ((1_780_000_000, b"1"), (1_770_000_000, b"2")):
        drop(folder, f"{LEADS}/a.csv", body, at=at)
        land_all(home)
    assert contents(home) == [b"1", b"2"]


def test_an_older_file_that_appears_late_lands_too(folder, home):
    drop(folder, f"{LEADS}/new.csv", b"new", at=1_780_000_000)
    land_all(home)
    drop(folder, f"{LEADS}/same_time.csv", b"same", at=1_780_000_000)
    drop(folder, f"{LEADS}/old.csv", b"old", at=1_700_000_000)
    assert land_all(home) == [f"{LEADS}/old.csv", f"{LEADS}/same_time.csv"]
    landed = home / "landing" / LEADS / "old.csv"
    assert datetime.fromtimestamp(landed.stat().st_mtime) == datetime.fromtimestamp(1_700_000_000)


def test_the_same_name_in_two_buckets_is_two_files(bucket, home, monkeypatch):
    bucket.create_bucket(Bucket="more")
    monkeypatch.setenv("SOURCES__BUCKETS__BUCKET_URLS", '["s3://exports/daily/", "s3://more"]')
    put(bucket, f"daily/{LEADS}/a.csv", b"1")
    put(bucket, f"{LEADS}/a.csv", b"2", bucket="more")
    put(bucket, f"daily/{LEADS}/both.csv", b"3")
    put(bucket, f"{LEADS}/both.csv", b"3", bucket="more")
    put(bucket, f"{LEADS}/above.csv", b"not below the URL")
    assert len(land_all(home)) == 3
    assert contents(home) == [b"1", b"2", b"3"]
    assert land_all(home) == []


def test_what_no_feed_reads_stays_and_is_told(bucket, home):
    for key in (f"{LEADS}/a.xlsx", "standard/lead/a.csv", "a.csv", f"{LEADS}/2026/a.csv", f"{LEADS}/.hidden.csv"):
        put(bucket, key, b"1")
    put(bucket, f"{LEADS}/a.csv", b"1")
    assert land_all(home) == [f"{LEADS}/a.csv"]
    assert sorted(remarks(Settings(home), "buckets")) == [
        "s3://exports/a.csv is not read",
        "s3://exports/standard/lead/a.csv is not read",
        "s3://exports/standard/leads/2026/a.csv is not read",
        "s3://exports/standard/leads/a.xlsx is not read",
    ]


def test_a_file_that_grows_while_it_is_copied_waits(folder, home, monkeypatch):
    drop(folder, f"{LEADS}/a.csv", b"1", at=1_780_000_000)
    growing = drop(folder, f"{LEADS}/b.csv", b"2", at=1_780_000_001)
    real = buckets._set_out

    def set_out_then_grow(*paths):
        real(*paths)
        growing.write_bytes(b"2 and more")

    monkeypatch.setattr(buckets, "_set_out", set_out_then_grow)
    assert land_all(home) == [f"{LEADS}/a.csv"]
    assert remarks(Settings(home), "buckets") == [
        f"{folder.as_uri()}/{LEADS}/b.csv changed while it was copied; it is copied the next time"
    ]
    monkeypatch.undo()
    monkeypatch.setenv("SOURCES__BUCKETS__BUCKET_URLS", json.dumps([folder.as_uri()]))
    assert land_all(home) == [f"{LEADS}/b.csv"]
    assert contents(home) == [b"1", b"2 and more"]


@pytest.mark.slowest
@pytest.mark.parametrize("lost", ["nothing", "dlt folder", "dlt folder and outbox"])
@pytest.mark.parametrize(
    ("moment", "function", "count"),
    [
        ("first copied", "_set_out", 1),
        ("some set out", "_set_out", 3),
        ("fetched", "", 0),
        ("loaded", "", 6),
        ("half moved", "", 7),
    ],
)
def test_a_killed_run_loses_and_repeats_nothing(bucket, home, lost, moment, function, count):
    put(bucket, f"{LEADS}/0.csv", b"0")
    land_all(home)
    for number in range(1, 5):
        put(bucket, f"{LEADS}/{number}.csv", b"%d" % number)
    put(bucket, f"{LEADS}/0.csv", b"0 changed")
    land_killed(home, "buckets", moment, function, count)
    if "dlt" in lost:
        shutil.rmtree(home / "dlt")
    if "outbox" in lost:
        shutil.rmtree(outbox(Settings(home), "buckets"))
        shutil.rmtree(files_outbox(Settings(home), "buckets"))
    land_all(home)
    assert contents(home) == [b"0", b"0 changed", b"1", b"2", b"3", b"4"]
    assert land_all(home) == []


def test_what_was_read_does_not_come_back_with_the_dlt_folder_lost(bucket, home):
    """Even where landing was tidied up: what has been copied is known from the outbox."""
    put(bucket, f"{LEADS}/a.csv", b"1")
    land_all(home)
    shutil.rmtree(home / "dlt")
    shutil.rmtree(home / "landing" / "standard")
    assert land_all(home) == []


@pytest.mark.parametrize(
    ("urls", "why"),
    [
        ('["s3://nowhere"]', "s3://nowhere is not there; look at sources.buckets.bucket_urls"),
        ('["file:///nowhere"]', "file:///nowhere is not there; look at sources.buckets.bucket_urls"),
        ("[]", "there are no buckets; name one or more in sources.buckets.bucket_urls"),
        ('["nonsense://exports"]', "nonsense://exports"),
        ('["gs://exports"]', "sources.buckets.credentials"),
    ],
)
def test_a_wrong_address_is_told(bucket, home, monkeypatch, urls, why):
    monkeypatch.setenv("SOURCES__BUCKETS__BUCKET_URLS", urls)
    with pytest.raises(ExtractError) as refusal:
        land_all(home)
    assert str(refusal.value).startswith("buckets: ")
    assert why in str(refusal.value)


def test_an_empty_bucket_is_none_that_is_missing(bucket, folder, home, monkeypatch):
    monkeypatch.setenv("SOURCES__BUCKETS__BUCKET_URLS", json.dumps(["s3://exports/later", folder.as_uri()]))
    assert land_all(home) == []
    assert remarks(Settings(home), "buckets") == ["s3://exports/later has no files", f"{folder.as_uri()} has no files"]


def test_wrong_keys_are_told_without_them(bucket, address, home):
    put(bucket, f"{LEADS}/a.csv", b"1")
    s3.require_keys(address)
    with pytest.raises(ExtractError) as refusal:
        land_all(home)
    told = str(refusal.value)
    assert told.startswith("buckets: s3://exports: ")
    assert "look at sources.buckets.credentials" in told
    assert s3.KEYS["aws_secret_access_key"] not in told


def test_a_server_that_is_down_is_told(bucket, home, monkeypatch):
    monkeypatch.setenv("SOURCES__BUCKETS__CREDENTIALS__ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(ExtractError, match=r"buckets: s3://exports: .*look at sources\.buckets\.credentials"):
        land_all(home)
