"""dbt as a child that does not outlive its parent: a killed night must not go on writing the warehouse.

Takes the arguments of `dbt`. Stopping midway is safe: a model appears as a whole or not at all.
"""

import os
import threading
import time


def main() -> None:
    """Run dbt's command line in this process."""
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    from dbt.cli.main import cli

    cli()


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


if __name__ == "__main__":
    main()
