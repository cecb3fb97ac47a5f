"""Runs the benchmarks: ``python -m tests.benchmarks``, or ``make bench``; ``FULL=1`` for all."""

import os

from tests.benchmarks import judge_floods, judge_speed, works_accuracy


def main() -> None:
    """Print how fast the judge is, and how well works are read; in full, what floods cost."""
    judge_speed.main()
    for path in sorted((judge_speed.CORPUS / "measure").glob("*.jsonl")):
        print(works_accuracy.measure(path).report(path.name))
    if os.environ.get("FULL") == "1":
        judge_floods.main()


if __name__ == "__main__":
    main()
