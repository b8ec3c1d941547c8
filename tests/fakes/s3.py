"""An S3 server of the tests' own, on the loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import requests
from moto.server import ThreadedMotoServer

KEYS = {"aws_access_key_id": "exporter", "aws_secret_access_key": "s3cret-key", "region_name": "us-east-1"}


@contextmanager
def server() -> Iterator[str]:
    """Its address."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        running.stop()


def client(address: str):
    """A client that may do everything, on a server that holds nothing yet."""
    requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()
    _need_keys_after(address, "inf")
    return boto3.client("s3", endpoint_url=address, **KEYS)


def settings(address: str) -> dict[str, str]:
    """The extractor's credentials as environment variables."""
    return {
        "SOURCES__BUCKETS__CREDENTIALS__AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
        "SOURCES__BUCKETS__CREDENTIALS__AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
        "SOURCES__BUCKETS__CREDENTIALS__REGION_NAME": KEYS["region_name"],
        "SOURCES__BUCKETS__CREDENTIALS__ENDPOINT_URL": address,
    }


def require_keys(address: str) -> None:
    """From now on nobody may do anything without keys that the server has given out. None are."""
    _need_keys_after(address, "0")


def _need_keys_after(address: str, requests_made: str) -> None:
    requests.post(f"{address}/moto-api/reset-auth", data=requests_made, timeout=10).raise_for_status()
