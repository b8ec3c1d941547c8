"""Files that others export into buckets: S3 and what speaks like it, Google, Azure, or a folder.

A file at `<feed>/<entity>/<name>` below a bucket's URL is copied, byte for byte and with its time, to the same place in
landing. What was copied is remembered by its size and ETag (or time), so that a file that changed, or that appears late
with an old time, is copied too.
"""

import filecmp
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, cast

import dlt
from dlt.common.configuration.exceptions import ConfigurationException
from dlt.common.configuration.resolve import resolve_configuration
from dlt.common.storages.fsspec_filesystem import MTIME_DISPATCH, fsspec_from_config
from dlt.sources.credentials import FilesystemConfiguration

from orchestration.extract import Extractor
from orchestration.extract.pipeline import READY, REMARKS, ExtractError, setting
from orchestration.ingest.contract import load_contracts
from orchestration.ingest.readers import checksum_of, is_hidden, is_readable_ending

NAME = "buckets"
CREDENTIALS = setting(NAME, "credentials")
URLS = f"sources.{NAME}.bucket_urls"


@dlt.source(name=NAME, section=NAME)
def buckets(outbox: Path, bucket_urls: list[str] = dlt.config.value) -> Any:
    """No table: it puts files into the outbox, and the names of those it leaves in the buckets into its remarks."""
    if not bucket_urls:
        raise ExtractError(f"{NAME}: there are no buckets; name one or more in {URLS}")
    return dlt.resource(_copy_all, name="copied")(outbox, bucket_urls)


EXTRACTOR = Extractor(name=NAME, source=buckets, credential="credentials", brings_files=True)


def _copy_all(outbox: Path, urls: list[str]) -> Iterator[Any]:
    for part in outbox.glob(f"{READY}/*/*/.*.part"):
        part.unlink()
    copied = dlt.current.resource_state().setdefault("copied", {})
    remarks: list[str] = []
    for url in (url.rstrip("/") for url in urls):
        try:
            copied[url] = _copy_bucket(url, copied.get(url, {}), outbox, remarks)
        except (ExtractError, ConfigurationException):
            raise
        except FileNotFoundError as error:
            raise ExtractError(f"{NAME}: {url} is not there; look at {URLS}") from error
        except Exception as error:  # every kind of bucket has its own
            raise ExtractError(f"{NAME}: {url}: {_sentence(error)}; look at {CREDENTIALS}") from error
    outbox.mkdir(parents=True, exist_ok=True)
    (outbox / REMARKS).write_text("".join(f"{remark}\n" for remark in remarks))
    yield from ()


def _copy_bucket(url: str, copied: dict[str, str], outbox: Path, remarks: list[str]) -> dict[str, str]:
    """Copy what is new or changed; the versions of all that is copied by now, by name below the URL."""
    settings = resolve_configuration(FilesystemConfiguration(bucket_url=url), sections=("sources", NAME))
    files, root = fsspec_from_config(settings)
    listed = files.find(root, detail=True)
    if not listed:
        if not files.exists(root if root.startswith("/") else root.split("/")[0]):
            raise FileNotFoundError(root)
        remarks.append(f"{url} has no files")
    known = {f"{contract.feed}/{contract.entity}" for contract in load_contracts()}
    modified = cast("Callable[[dict[str, Any]], datetime]", MTIME_DISPATCH[settings.protocol])
    versions = {}
    # By time, as names in landing go to those that come first.
    for path, info in sorted(listed.items(), key=lambda item: (modified(item[1]), item[0])):
        name = PurePosixPath(path).relative_to(root)
        if any(map(is_hidden, name.parts)):
            continue
        if name.parent.as_posix() not in known or not is_readable_ending(Path(name)):
            remarks.append(f"{url}/{name} is not read")
            continue
        version = f"{info.get('size')} {info.get('ETag') or info.get('etag') or modified(info).isoformat()}"
        if copied.get(str(name)) != version:
            part = outbox / READY / name.parent / f".{name.name}.part"
            part.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(path, str(part))
            if part.stat().st_size != info.get("size"):
                remarks.append(f"{url}/{name} changed while it was copied; it is copied the next time")
                part.unlink()
                continue
            time = modified(info).timestamp()
            os.utime(part, (time, time))
            _set_out(part, outbox / READY / name, outbox.parents[1] / name)
        versions[str(name)] = version
    return versions


def _set_out(part: Path, ready: Path, landed: Path) -> None:
    """Give a whole copy its name: its own, or where another content has that, one with its checksum before it."""
    there = [path for path in (ready, landed) if path.exists()]
    if any(filecmp.cmp(part, path, shallow=False) for path in there):
        part.unlink()
    elif there:
        name = f"{checksum_of(part)[:16]}-{ready.name}"
        # The same name has the same content.
        part.replace(ready.with_name(name))
    else:
        part.replace(ready)


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
