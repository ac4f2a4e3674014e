"""DuckDB's extensions, each from its own PyPI package by its path: nothing is downloaded while Tasador runs."""

import importlib
import os
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from crawler.errors import TasadorError
from warehouse.quoting import quoted

# What the extension httpfs reads and writes by itself.
S3_PROTOCOLS = frozenset({"s3", "s3a"})


def load_extension(connection: duckdb.DuckDBPyConnection, name: str, *, extra: str, what: str) -> None:
    """Load an extension; ``what`` needs it, and the extra of that name installs it.

    Raises:
        TasadorError: it is not installed.
    """
    try:
        package = importlib.import_module(f"duckdb_extension_{name}")
    except ModuleNotFoundError as error:
        raise TasadorError(f"{what} needs the package {error.name}: pip install 'tasador[{extra}]'") from error
    (path,) = Path(package.__path__[0]).rglob(f"{name}.duckdb_extension")
    connection.execute(f"load {quoted(path)}")


def load_httpfs(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection read and write s3:// addresses, at $AWS_ENDPOINT_URL where the store is not Amazon's.

    The extension itself takes keys and region from the environment: $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY,
    $AWS_SESSION_TOKEN and $AWS_DEFAULT_REGION.

    Raises:
        TasadorError: it is not installed.
    """
    load_extension(connection, "httpfs", extra="object-store", what="an object store")
    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "")
    if endpoint.netloc:
        connection.execute(f"set s3_endpoint = {quoted(endpoint.netloc)}")
        connection.execute(f"set s3_use_ssl = {endpoint.scheme == 'https'}")
        connection.execute("set s3_url_style = 'path'")  # no name of a bucket is a host's there
