"""Reading a body without being flooded: raw bytes, counted, inflated with a bound.

httpx inflates a chunk without limit (0.4 KiB of brotli became 1.5 GiB), so only gzip is
offered and decoded here.
"""

import zlib

import httpx

from aggregator.errors import FetchError

_GZIP = 16 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 100


async def read_body(answer: httpx.Response, limit: int) -> bytes:
    """Read a streamed answer's body.

    Args:
        answer: the answer, its body unread.
        limit: most bytes, as sent and decoded.

    Returns:
        The decoded body.

    Raises:
        FetchError: ``too-large``, ``truncated``, or ``encoding`` when it is coded in a way
            that was not offered or does not decode.
    """
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError("encoding", f"the body is encoded as {coding[:60]!r}; gzip was offered")
    stated = answer.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > limit:
        raise too_large(limit)
    sent = bytearray()
    async for chunk in answer.aiter_raw():
        sent += chunk
        if len(sent) > limit:
            raise too_large(limit)
    return inflate(bytes(sent), limit) if coding.endswith("gzip") else bytes(sent)


def inflate(packed: bytes, limit: int) -> bytes:
    """Decode gzip, of one or several members, never past the limit.

    Raises:
        FetchError: see `read_body`.
    """
    out = bytearray()
    for _ in range(_MOST_MEMBERS):
        inflater = zlib.decompressobj(_GZIP)
        try:
            out += inflater.decompress(packed, limit - len(out) + 1)
        except zlib.error as error:
            raise FetchError("encoding", f"the gzip body does not decode: {error}") from None
        if len(out) > limit:
            raise too_large(limit)
        if not inflater.eof:
            raise FetchError("truncated", "the gzip body ends in the middle")
        packed = inflater.unused_data
        if not packed.startswith(_MAGIC):
            return bytes(out)  # padding and other junk behind it is no part of it (gzip(1))
    raise FetchError("encoding", f"the gzip body is in more than {_MOST_MEMBERS} pieces")


def too_large(limit: int) -> FetchError:
    """The error for a body that is larger than so many bytes."""
    return FetchError(
        "too-large",
        f"the body is larger than {limit / 1e6:g} MB (polling.max_megabytes in feeds.yaml)",
    )
