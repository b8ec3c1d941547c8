"""Simulation of skew: what one shared identifier and one giant account do to the partitions of a Spark shuffle.

    python -m bench.skew [--touches 100000000] [--partitions 200] [--records 1000000] [--deals 100]

Persons have touches by a power law. `--records` records, each a person of its own, carry the same identifier (an
office's e-mail). An account has the touches of as many persons, and `--deals` deals that earn all of them. Rows are put
into partitions by the hash of their key, as Spark does; the largest partition is the longest task of the stage.
"""

import argparse
import statistics
from dataclasses import dataclass

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.config.vars import project_vars

# Exponent of the power law of touches per person, and the most that one has.
EXPONENT, MOST_TOUCHES = 1.5, 1000
TOUCHES_PER_PERSON = 2.5
# Of a history: days, and the share of persons that convert.
HISTORY_DAYS, CONVERTED = 547, 0.03
SALTS = 16
# Of a shuffled row: the compressed sessions of bench/results.json (spark, tables).
ROW_BYTES = 67
# Spark's defaults of spark.sql.adaptive.skewJoin and spark.sql.adaptive.advisoryPartitionSizeInBytes, in MB.
SKEW_FACTOR, SKEW_THRESHOLD, ADVISORY = 5, 256, 64
# Numbered by a window, whose partitions Spark does not split; the others are joined.
PATHS = "paths by conversion"


@dataclass(frozen=True)
class Shuffle:
    """One exchange: a query of keys, and of the rows that each has."""

    exchange: str
    case: str
    query: str


def shuffles(records: int, deals: int) -> list[Shuffle]:
    """The exchanges that an identifier or an account can skew; persons below `records` carry the identifier."""
    is_record = f"person < {records}"
    cap = f"identity_max_degree: {project_vars()['identity_max_degree']}"
    share = f"{project_vars()['attribution_lookback_days'] / HISTORY_DAYS}::double"
    paths = f"select person as key, greatest(1, round(touches * {share})) as rows from persons where is_converted"
    whole = f"select sum(touches) * {share} from persons where {is_record}"
    return [
        Shuffle("touches by person", "no shared identifier", "select person as key, touches as rows from persons"),
        Shuffle(
            "touches by person", "shared, not cut",
            f"select case when {is_record} then 0 else person end as key, touches as rows from persons",
        ),
        Shuffle("touches by person", f"shared, {cap}", "select person as key, touches as rows from persons"),
        Shuffle(
            "touches by person", f"shared, not cut, {SALTS} salts",
            f"select case when {is_record} then -(person % {SALTS}) else person end as key, touches as rows "
            "from persons",
        ),
        Shuffle("links by identifier", "no shared identifier", "select person as key, 2 as rows from persons"),
        Shuffle(
            "links by identifier", f"shared, {cap}",
            f"select person as key, 2 as rows from persons union all select -1, 1 from persons where {is_record}",
        ),
        Shuffle(PATHS, "no giant account", paths),
        Shuffle(
            PATHS, "giant account",
            f"{paths} union all select -deal, ({whole}) from (select unnest(range(1, {deals} + 1)) as deal)",
        ),
        Shuffle(
            PATHS, "shared, not cut",
            f"select person as key, case when {is_record} then ({whole}) else rows end as rows "
            f"from (select key as person, rows from ({paths}))",
        ),
    ]  # fmt: skip


def after_adaptive_join(sizes: list[float], threshold: float) -> float:
    """MB of the largest task where Spark splits the partitions of a skewed join."""
    median = statistics.median(sizes)
    skewed = [size > threshold and size > SKEW_FACTOR * median for size in sizes]
    usual = [size for size, is_skewed in zip(sizes, skewed, strict=True) if not is_skewed]
    target = max(ADVISORY, statistics.mean(usual))
    return max(min(size, target) if is_skewed else size for size, is_skewed in zip(sizes, skewed, strict=True))


def sizes_of(connection: duckdb.DuckDBPyConnection, shuffle: Shuffle, partitions: int) -> list[float]:
    """MB of each partition."""
    rows = connection.execute(
        f"select sum(rows::double) from ({shuffle.query}) group by hash(key) % {partitions}"
    ).fetchall()
    return [float(count) * ROW_BYTES / 2**20 for (count,) in rows]


def main() -> None:
    """Generate the persons, put them into partitions, print the sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=100_000_000)
    parser.add_argument("--partitions", type=int, default=200)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--deals", type=int, default=100)
    arguments = parser.parse_args()
    table = Table("exchange", "case", "rows", "mean MB", "max MB", "max / mean", "AQE MB", f"AQE at {ADVISORY} MB")
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.execute(f"""
            create table persons as
            select
                person,
                least({MOST_TOUCHES}, floor(power(1 - chance, -1 / {EXPONENT})))::int as touches,
                hash(person + 1) % 10000 < {CONVERTED} * 10000 or person < {arguments.records} as is_converted
            from (
                select range as person, (hash(range) >> 11) / 9007199254740992.0 as chance
                from range({round(arguments.touches / TOUCHES_PER_PERSON)})
            )""")
        for shuffle in shuffles(arguments.records, arguments.deals):
            sizes = sizes_of(connection, shuffle, arguments.partitions)
            mean, most = statistics.mean(sizes), max(sizes)
            rows = sum(sizes) * 2**20 / ROW_BYTES
            figures = [mean, most, most / mean]
            if shuffle.exchange != PATHS:
                figures += [after_adaptive_join(sizes, threshold) for threshold in (SKEW_THRESHOLD, ADVISORY)]
            table.add_row(shuffle.exchange, shuffle.case, f"{rows:,.0f}", *(f"{figure:,.1f}" for figure in figures))
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
