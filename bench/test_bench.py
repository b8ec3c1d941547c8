"""What the benchmarks compute from what they measure."""

import pytest

from bench.skew import after_adaptive_join
from bench.spark_report import growth
from bench.spark_stages import tables_of


def stage(description: str, milliseconds: int, written: int = 0) -> dict:
    counts = ("shuffleWriteRecords", "diskBytesSpilled", "outputRecords", "outputBytes", "executorCpuTime")
    figures = dict.fromkeys(counts, 0) | {"executorRunTime": milliseconds, "shuffleWriteBytes": written}
    return {"description": description} | figures


def test_stages_are_counted_to_the_table_that_they_write():
    stages = [
        stage("\n  create table intermediate.a using parquet as select 1", 2000, 2**20),
        stage("insert overwrite table `intermediate`.`a` partition (bucket) select 2", 1000),
        stage("select 3", 500, 2**21),
        stage("create table small using parquet as select 4", 10),
    ]
    tables = tables_of(stages)
    assert {table: figures["task_seconds"] for table, figures in tables.items()} == {"intermediate.a": 3, "other": 0.5}
    assert tables["other"]["shuffle_mb"] == tables["other"]["largest_exchange_mb"] == 2


def test_growth_is_by_touches_and_by_workers_without_the_start_of_dbt():
    def runs(seconds: float) -> dict:
        return {"full_refresh": {"seconds": 99, "step_seconds": seconds}}

    found = growth({1: {1_000: runs(4), 10_000: runs(20)}, 2: {1_000: runs(3)}})
    assert found == [
        {"workers": [1, 1], "touches": [1_000, 10_000], "times": {"full_refresh": 5}},
        {"workers": [1, 2], "touches": [1_000, 1_000], "times": {"full_refresh": 0.75}},
    ]


@pytest.mark.parametrize(
    ("sizes", "threshold", "largest"),
    [
        ([10, 10, 10, 300], 256, 64),
        # Under the threshold, or not five times the median.
        ([10, 10, 10, 200], 256, 200),
        ([100, 100, 100, 300], 256, 300),
        # Pieces are no smaller than the other partitions.
        ([70, 80, 90, 1000], 256, 90),
    ],
)
def test_spark_splits_the_partitions_that_are_much_larger(sizes, threshold, largest):
    assert after_adaptive_join(sizes, threshold) == largest
