"""Runs the benchmarks: ``python -m tests.benchmarks``, or ``make bench``; ``FULL=1`` for all."""

import os

from tests.benchmarks import (
    hostile_feeds,
    judge_floods,
    judge_speed,
    parse_speed,
    stories,
    works_accuracy,
)


def main() -> None:
    """Print how fast the judge is, how well works are read and posts joined, and feeds read."""
    judge_speed.main()
    for path in sorted((judge_speed.CORPUS / "measure").glob("*.jsonl")):
        print(works_accuracy.measure(path).report(path.name))
    full = os.environ.get("FULL") == "1"
    stories.report(200_000 if full else 2_000)
    parse_speed.report(parse_speed.documents())
    if full:
        judge_floods.main()
        hostile_feeds.main()


if __name__ == "__main__":
    main()
