"""`doctor` says what is not well, and what helps; it changes nothing."""

from pathlib import Path

from aggregator.story import VideoCheck, VideoStatus
from tests.commands import run
from tests.stored import NOW, open_store
from tests.test_joining import put, saying

FEED = "https://blog.example/feed"


def findings(folder: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for finding in run("doctor", "--json", cwd=folder).json:
        found.setdefault(finding["area"], []).append(finding)
    return found


def write_config(folder: Path, feeds: str = f"[{FEED}]") -> None:
    (folder / "feeds.yaml").write_text(f"feeds: {feeds}\n", "utf-8")


def test_a_feed_that_was_never_polled_and_a_file_that_is_missing_are_found(tmp_path: Path) -> None:
    write_config(tmp_path)
    with open_store(tmp_path, name="aggregator.db") as store:
        put(store, ("one", saying("Kestrel", "Home", "vSw1tCh9Pc0")))
    found = findings(tmp_path)
    assert {Path(item["subject"]).name for item in found["published"]} == {
        "atom.xml", "index.html", "style.css"
    }  # fmt: skip
    run("publish", cwd=tmp_path)
    assert "published" not in findings(tmp_path)


def test_no_subscription_is_a_finding(tmp_path: Path) -> None:
    write_config(tmp_path, "[]")
    (finding,) = findings(tmp_path)["feeds"]
    assert finding["problem"] == "no feed is subscribed"


def test_a_dead_video_is_listed_with_what_is_left_of_its_story(tmp_path: Path) -> None:
    write_config(tmp_path)
    with open_store(tmp_path, name="aggregator.db") as store:
        put(store, ("one", saying("Kestrel", "Home", "vSw1tCh9Pc0")))
        store.checks.put([VideoCheck("youtube", "vSw1tCh9Pc0", VideoStatus.GONE, checked_at=NOW)])
    (finding,) = findings(tmp_path)["videos"]
    assert "Kestrel – “Home”" in finding["problem"]
    assert "find another upload" in finding["cure"]
    with open_store(tmp_path, name="aggregator.db") as store:
        put(store, ("two", saying("Kestrel", "Home", "PTFwQP86BRs")))
    assert "another video of the story" in findings(tmp_path)["videos"][0]["cure"]
