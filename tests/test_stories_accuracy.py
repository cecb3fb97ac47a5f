"""Labelled posts, read by the judge as it is, are joined into the right stories."""

from tests.benchmarks.stories import measure


def test_pairs_of_posts_are_joined_as_careful_readers_would() -> None:
    found = measure()
    assert found.posts >= 300
    assert found.works >= 120
    wrong = sorted(found.found - found.wanted)
    assert found.precision >= 0.99, wrong[:10]
    assert found.recall >= 0.95, sorted(found.wanted - found.found)[:10]
