"""Which way a signal may speak: a music video's name never against a post, a price never for.

Posts that were written to be hard teach the wrong thing: in them *music video* stands more
often in posts that are about something else. Training holds each weight to the side that
its meaning is on, so that what is odd about a collection of posts is not learned from it.
"""

FOR = frozenset(
    "musicvideo thevideo direct shoot behind lyricvideo loop fan restore memory scene part station"
    " watched teaser credit".split()
)
AGAINST = frozenset(
    "album audio live tour screen game howto machine business reality chart words death dance job"
    " goods sound reader othervideo office art advert food sport civic".split()
)
_OF_CONCEPTS = frozenset("lead word share dense title tag link feed embed".split())
_BY_NAME = {
    **dict.fromkeys(
        ("video", "watch", "premiere", "lyric", "visualizer", "making-of", "teaser"), 1
    ),
    **dict.fromkeys(("director", "award", "restoration", "official-video", "list", "fan"), 1),
    **dict.fromkeys(("live", "session", "review", "album", "trailer", "audio", "reaction"), -1),
}
_SHOWN = {"official": 1, "lyric": 1, "making-of": 1, "live": -1, "audio-player": -1}


def leaning(signal: str) -> int:
    """Which way a signal may weigh.

    Args:
        signal: its name.

    Returns:
        1 for keep, -1 for drop, 0 for either.
    """
    family, _, what = signal.partition(":")
    if family in _OF_CONCEPTS:
        return (what in FOR) - (what in AGAINST)
    if family == "title-cue":
        return _BY_NAME.get(what, 0)
    if family == "shows":
        return _SHOWN.get(what, 0)
    if signal == "focus:director":
        return 1
    return _of_sentences(what) if family == "about" else 0


def _of_sentences(what: str) -> int:
    """Sentences that join song and picture speak for a post, their want against it."""
    return -1 if what.endswith(("-late", "-none")) else 1
