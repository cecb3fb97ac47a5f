"""Every exception of httpx has a reason of ours."""

import inspect

import httpx
import pytest

from aggregator.errors import FetchError
from aggregator.web.faults import FAULTS, translated

FOREIGN = [
    kind for _, kind in inspect.getmembers(httpx, inspect.isclass) if issubclass(kind, Exception)
]


def test_the_library_has_exceptions_to_look_at() -> None:
    assert len(FOREIGN) > 25


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_foreign_exception_becomes_a_fetch_error_with_a_reason(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    with pytest.raises(FetchError) as caught, translated("http://a.example/"):
        raise error
    assert caught.value.reason in {reason for _, reason, _ in FAULTS}
    assert str(caught.value).startswith("http://a.example/ ")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError(), "timeout"),
        (httpx.ConnectTimeout("x"), "timeout"),
        (httpx.ConnectError("x"), "connect"),
        (httpx.ReadError("x"), "connection"),
        (httpx.RemoteProtocolError("x"), "protocol"),
        (httpx.InvalidURL("x"), "url"),
        (UnicodeError("x"), "url"),
    ],
)
def test_reasons_tell_the_faults_apart(error: Exception, reason: str) -> None:
    with pytest.raises(FetchError) as caught, translated("http://a.example/"):
        raise error
    assert caught.value.reason == reason


def test_a_bug_of_our_own_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), translated("http://a.example/"):
        raise ZeroDivisionError
