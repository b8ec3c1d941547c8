"""DuckDB's extensions for PostgreSQL, DuckLake and S3.

They come from Python packages of one version with DuckDB; nothing is downloaded at run time.
"""

from importlib import import_module
from urllib.parse import urlsplit

import duckdb

from orchestration.ingest.validation import literal

LAKE_EXTENSIONS = ("ducklake", "postgres", "httpfs")


class WarehouseError(RuntimeError):
    """The warehouse cannot be used, or somebody else builds it."""


def prepare(connection: duckdb.DuckDBPyConnection, lake_data: str | None = None) -> None:
    """Load PostgreSQL's extension; for a lake its own too, and the credentials of S3 where its data lies there.

    Raises WarehouseError.
    """
    try:
        import_extension = import_module("duckdb_extensions").import_extension
        for name in LAKE_EXTENSIONS if lake_data else ("postgres",):
            import_extension(name, con=connection)
            connection.execute(f"load {name}")
    except ImportError as error:
        target = "ducklake" if lake_data else "postgres"
        raise WarehouseError(
            f"the target {target} needs more packages ({error}): make setup LSW_TARGET={target}"
        ) from error
    # Texts of PostgreSQL have no NUL.
    connection.execute("set pg_null_byte_replacement = ''")
    if lake_data and lake_data.startswith("s3:"):
        connection.execute(_s3_secret())


def _s3_secret() -> str:
    """Credentials, region and endpoint as AWS's own tools find them: environment, profile or the machine's role."""
    from botocore.session import get_session

    session = get_session()
    found = session.get_credentials()
    if not found:
        raise WarehouseError(
            "there are no credentials of S3: AWS_ACCESS_KEY_ID, or another place where AWS's tools look"
        )
    keys = found.get_frozen_credentials()
    client = session.create_client("s3")
    endpoint = urlsplit(client.meta.endpoint_url)
    options = {
        "key_id": keys.access_key,
        "secret": keys.secret_key,
        "session_token": keys.token,
        "region": client.meta.region_name,
        "endpoint": endpoint.netloc,
        "url_style": "path",
        "use_ssl": str(endpoint.scheme == "https").lower(),
    }
    given = ", ".join(f"{name} {literal(value)}" for name, value in options.items() if value)
    return f"create or replace secret lake (type s3, {given})"
