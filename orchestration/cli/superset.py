"""`make superset`: Apache Superset on the release, on this machine alone, with the dashboard of bi/superset/.

Superset has a Python environment of its own; its database, keys and password are in `superset/` under LSW_HOME.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import NoReturn

from orchestration.config.settings import PROJECT_DIR, Settings, SettingsError, read_settings

ASSETS = PROJECT_DIR / "bi" / "superset" / "assets"
CONFIG = PROJECT_DIR / "bi" / "superset" / "superset_config.py"
LOCK = PROJECT_DIR / "requirements-superset.lock"
BIN = PROJECT_DIR / ".venv-superset" / "bin"
DASHBOARD = "superset/dashboard/lead-sources/"


class SupersetError(RuntimeError):
    """Superset cannot be set up or started."""


def home(settings: Settings) -> Path:
    """The folder of Superset's files, which nobody else may open."""
    folder = settings.home / "superset"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def environment(settings: Settings) -> dict[str, str]:
    """What Superset's commands need to find its files."""
    return {
        **os.environ,
        "LSW_HOME": str(settings.home),
        "SUPERSET_CONFIG_PATH": str(CONFIG),
        "SUPERSET_HOME": str(home(settings)),
        "FLASK_APP": "superset.app:create_app()",
    }


def secret(path: Path) -> str:
    """The secret in the file, which is made where there is none."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


def write_assets(settings: Settings) -> Path:
    """The assets with this company's release and default attribution model."""
    if not settings.published_warehouse.exists():
        raise SupersetError("nothing is released yet: run `make nightly`")
    values = {
        # Through the symlink: each query is answered by the release of its time.
        "release": str(settings.published_warehouse),
        "attribution_model": settings.var("default_attribution_model").replace("'", "''"),
    }
    folder = home(settings) / "assets"
    shutil.rmtree(folder, ignore_errors=True)
    for path in ASSETS.rglob("*.yaml"):
        written = folder / path.relative_to(ASSETS)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(Template(path.read_text()).substitute(values))
    return folder


def run(settings: Settings, *arguments: str, answers: str = "") -> None:
    """One of Superset's commands; what it says goes to `superset.log`. Raises SupersetError."""
    done = subprocess.run(
        [BIN / "superset", *arguments],
        env=environment(settings),
        input=answers,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        # Without a terminal it asks for passwords on stdin.
        start_new_session=True,
    )
    log = home(settings) / "superset.log"
    with log.open("a") as file:
        file.write(done.stdout)
    # An asset that it cannot import is an error in its log alone.
    if done.returncode or ":ERROR:" in done.stdout:
        raise SupersetError(f"`superset {arguments[0]}` failed; {log} says why")


def prepare(settings: Settings) -> None:
    """Keys, database, administrator and roles; again only for other versions in the lock file."""
    done = home(settings) / "prepared_for.lock"
    secret(home(settings) / "secret_key")
    if done.exists() and done.read_text() == LOCK.read_text():
        return
    print("Superset prepares its database, which takes two minutes.", flush=True)
    run(settings, "db", "upgrade")
    is_new = not done.exists()
    if is_new:
        password = secret(home(settings) / "admin_password")
        admin = ["--username", "admin", "--firstname", "admin", "--lastname", "admin", "--email", "admin@localhost"]
        # Not as an argument, which other users of the machine see.
        run(settings, "fab", "create-admin", *admin, answers=f"{password}\n{password}\n")
    run(settings, "init")
    shutil.copy(LOCK, done)
    if is_new:
        print(f"Log in as admin with the password {password}, kept in {home(settings) / 'admin_password'}.")


def serve(settings: Settings, port: int) -> NoReturn:
    """Become the web server. One thread a process: a second one would hold the old release open."""
    print(f"Open http://127.0.0.1:{port}/{DASHBOARD} (Ctrl-C ends it).", flush=True)
    command = [str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "2", "--timeout", "120"]
    os.execve(command[0], [*command, "--log-level", "warning", "superset.app:create_app()"], environment(settings))


def main() -> int:
    """Does not return where it can start Superset, else the exit code."""
    parser = argparse.ArgumentParser(prog="superset", description=__doc__)
    parser.add_argument("--port", type=int, default=8088)
    port = parser.parse_args().port
    try:
        settings = read_settings()
        assets = write_assets(settings)
        prepare(settings)
        run(settings, "import-directory", "--overwrite", str(assets))
    except (SettingsError, SupersetError) as error:
        print(f"superset: {error}", file=sys.stderr)
        return 1
    serve(settings, port)


if __name__ == "__main__":
    sys.exit(main())
