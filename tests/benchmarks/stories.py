"""Measures how well posts are joined into stories, and how fast.

Usage: ``python -m tests.benchmarks.stories [--posts N]``. Pairs of posts are compared with
``tests/corpus/stories/posts.jsonl``: posts as feeds state them, read by the judge as it is,
labelled with the works they are about. Then N invented posts are joined in an empty store, and
some more one by one. Times are those of the processor, so that a busy machine tells the same.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from aggregator import joining
from aggregator.models import Entry, JudgedEntry, Policy, Post, Verdict, Video, VideoKind, Work
from aggregator.videos.posts import read_posts
from aggregator.videos.stories.joining import is_hollow, join
from aggregator.videos.stories.mentions import mentions_of
from aggregator.videos.verdict.judge import Judge
from tests.stored import NOW, entry, judged, open_store, record, verdict

LABELLED = Path(__file__).parents[1] / "corpus" / "stories" / "posts.jsonl"
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs of posts that are of one story: by the labels, by the program, by both."""

    posts: int
    works: int
    wanted: frozenset[tuple[str, str]]
    found: frozenset[tuple[str, str]]

    @property
    def precision(self) -> float:
        """Share of the found pairs that are right."""
        return len(self.found & self.wanted) / len(self.found)

    @property
    def recall(self) -> float:
        """Share of the right pairs that were found."""
        return len(self.found & self.wanted) / len(self.wanted)


READ_ALL = Policy(threshold=0.0)
"""Every post is read, so that joining is measured apart from the verdict."""


def measure(path: Path = LABELLED, policy: Policy = READ_ALL) -> Agreement:
    """Judge and join labelled posts; what the policy drops counts as not joined."""
    lines = path.read_text("utf-8").splitlines()
    labels = {row["id"]: set(row["stories"]) for row in map(json.loads, lines)}
    judge = Judge(policy)
    said: dict[str, set[str]] = {}
    facts: dict[str, set[str]] = {}
    for number, found in enumerate(read_posts(lines, path.name)):
        mentions = mentions_of(_post(number, found, judge.judge(found)))
        said[found.id] = {mention.node for mention in mentions}
        for mention in mentions:
            facts.setdefault(mention.node, set()).update(mention.bonds)
    shared: dict[str, int] = {}
    for bond in (bond for bonds in facts.values() for bond in bonds):
        shared[bond] = shared.get(bond, 0) + 1
    hollow = {bond for bond, nodes in shared.items() if is_hollow(bond, nodes)}
    group = {node: place for place, nodes in enumerate(join(facts, hollow)) for node in nodes}
    joined = {name: {group[node] for node in nodes} for name, nodes in said.items()}
    works = {story for stories in labels.values() for story in stories}
    return Agreement(
        len(labels),
        sum(not story.startswith("list:") for story in works),
        frozenset(_pairs(labels)),
        frozenset(_pairs(joined)),
    )


def _post(number: int, found: Entry, made: Verdict) -> Post:
    kept = made if made.keep else replace(made, works=(), videos=())
    return Post(number, f"{number:020x}", found, found.html, kept, NOW, NOW, found.feed_title)


def _pairs(members: dict[str, set[object]] | dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    for (one, mine), (other, theirs) in combinations(sorted(members.items()), 2):
        if set(mine) & set(theirs):
            yield one, other


def invented(count: int, works: int) -> Iterator[JudgedEntry]:
    """Posts about so many works, the first ones the most written about."""
    rng = random.Random(1)
    for number in range(count):
        work = int(works * rng.random() ** 2)
        artist, song, director = (
            _name(work // 4),
            _name(work + 10**7),
            _name(work % 999 + 5 * 10**7),
        )
        shown = f"v{work:09d}{rng.randint(0, 2)}"
        video = Video(
            "youtube", shown, f"https://www.youtube.com/watch?v={shown}", VideoKind.OFFICIAL
        )
        made = replace(
            verdict(),
            works=(Work(artist, song, (director,), 1980 + work % 45),),
            videos=(replace(video, title=f"{artist} - {song} (Official Video)"),),
        )
        link = f"https://blog{number % 97}.example/2026/{number}"
        before = f'<a href="https://blog{number % 89}.example/2026/{max(0, number - 500)}">x</a>'
        post = entry(f"p{number}", title=f"{artist} – “{song}”", link=link)
        yield judged(replace(post, html=f"<p>{artist} {before}</p>"), made)


def _name(number: int) -> str:
    rng = random.Random(number)
    heads, tails = "ba ko mi ru te sal ven dor hal min", "tar lin dex mor pal ner vin ska fyr gat"
    words = (
        rng.choice(heads.split()) + rng.choice(tails.split()) for _ in range(rng.randint(1, 3))
    )
    return " ".join(words).title()


def report_speed(posts: int, singles: int = 200) -> None:
    """Print what joining costs, many posts at once and one by one."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store:
        rest = iter([*invented(posts + singles, posts // 3)])
        for start in range(0, posts, _CHUNK):
            record(store, _take(rest, min(_CHUNK, posts - start)))
        begun, wall = time.process_time(), time.perf_counter()
        joining.settle(store)
        spent, passed = time.process_time() - begun, time.perf_counter() - wall
        print(
            f"joined {posts} posts in {spent:.1f} s of the processor ({passed:.1f} s passed): "
            f"{1e6 * spent / posts:.0f} µs a post, {200_000 * spent / posts:.0f} s for 200,000"
        )
        times = []
        for post in rest:
            record(store, [post])
            begun = time.process_time()
            joining.settle(store)
            times.append(1e3 * (time.process_time() - begun))
        times.sort()
        print(
            f"one new post: median {statistics.median(times):.2f} ms of the processor, "
            f"95 of 100 under {times[len(times) * 95 // 100]:.2f} ms"
        )


def _take(posts: Iterator[JudgedEntry], count: int) -> Iterable[JudgedEntry]:
    return [next(posts) for _ in range(count)]


def report(posts: int) -> None:
    """Print how right and how fast posts are joined."""
    for name, policy in (("every post read", READ_ALL), ("dropped posts left out", Policy())):
        found = measure(policy=policy)
        print(
            f"stories: {found.posts} posts about {found.works} works, {len(found.wanted)} pairs, "
            f"{name}: precision {found.precision:.4f}, recall {found.recall:.4f}"
        )
    report_speed(posts)


def main() -> None:
    """Read the command line and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=5000)
    report(parser.parse_args().posts)


if __name__ == "__main__":
    main()
