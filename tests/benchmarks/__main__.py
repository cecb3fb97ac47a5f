"""Runs the small benchmarks: ``python -m tests.benchmarks``, or ``make bench``."""

from tests.benchmarks import judge_speed, works_accuracy


def main() -> None:
    """Print how fast the judge is, and how well works are read."""
    judge_speed.main()
    for path in sorted((judge_speed.CORPUS / "measure").glob("*.jsonl")):
        print(works_accuracy.measure(path).report(path.name))


if __name__ == "__main__":
    main()
