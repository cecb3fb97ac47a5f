"""The expectations of feedparser's own test documents, fetched with pip where that is asked for."""

import fnmatch
import os
import tomllib
from pathlib import Path

import pytest

from tests.benchmarks.feedparser_suite import download, expectations, holds

EXCEPTIONS = tomllib.loads(
    Path(__file__).with_name("feedparser_exceptions.toml").read_text("utf-8")
)


@pytest.mark.slow
@pytest.mark.skipif(
    "FEEDPARSER_SUITE" not in os.environ,
    reason="set FEEDPARSER_SUITE=1 to download feedparser's test documents with pip",
)
def test_nearly_all_expectations_hold_and_the_others_have_their_reasons(tmp_path: Path) -> None:
    try:
        suite = download(tmp_path)
    except OSError as error:
        pytest.skip(str(error))
    all_of = [*expectations(suite)]
    failed = [expectation.name for expectation in all_of if not holds(expectation)]
    assert len(all_of) > 1_300
    assert len(failed) <= 0.05 * len(all_of)
    unexplained = [
        name for name in failed if not any(fnmatch.fnmatch(name, path) for path in EXCEPTIONS)
    ]
    assert not unexplained
    assert all(any(fnmatch.fnmatch(name, path) for name in failed) for path in EXCEPTIONS)
