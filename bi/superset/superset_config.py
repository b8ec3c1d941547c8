"""Superset's settings, as `make superset` starts it. All its files are in `superset/` under LSW_HOME."""

import os
from pathlib import Path

from superset.config import TALISMAN_CONFIG

HOME = Path(os.environ["LSW_HOME"]) / "superset"
SECRET_KEY = (HOME / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"

# The browser asks this server alone: no pixel that counts users, no map tiles.
TALISMAN_CONFIG["content_security_policy"].update({"img-src": ["'self'", "blob:", "data:"], "connect-src": ["'self'"]})


def USER_AGENT_FUNC(database: object, source: object) -> str:
    """One for all: DuckDB refuses connections to one file that differ in any setting."""
    return "superset"
