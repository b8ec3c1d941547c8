"""Settings go into SQL as text, whatever signs they are made of."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import duckdb

from orchestration.config.settings import PROJECT_DIR


def test_apostrophes_in_settings_are_text(tmp_path: Path):
    sql = """select
        {{ hashed_email("' Ann@X.example'") }} as hashed,
        "O'Won" in ({{ quoted_list(["won", "o'won"]) }}) as listed
    from (select 'o''won' as "O'Won")"""
    command = [Path(sys.executable).with_name("dbt"), "--quiet", "compile", "--inline", sql, "--target", "lint"]
    compiled = subprocess.run(
        [*command, "--target-path", tmp_path, "--log-path", tmp_path],
        cwd=PROJECT_DIR,
        env=os.environ | {"LSW_SALT": "it's a secret', '"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert duckdb.sql(compiled).fetchone() == (hashlib.md5(b"it's a secret', 'ann@x.example").hexdigest(), True)
