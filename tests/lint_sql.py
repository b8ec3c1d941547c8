"""sqlfluff as it is, but with a lazier garbage collector: its trees are large, live long and are let go of whole.

To look through them for cycles again and again takes two fifths of its time. Its workers import this module too.
"""

import gc

from sqlfluff.cli.commands import cli

gc.set_threshold(100_000, 20, 100)

if __name__ == "__main__":
    cli()
