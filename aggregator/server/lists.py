"""The pages of the mailing list: ask, agree, leave. GET shows, POST acts.

Link scanners follow links, so no GET changes anything; a mailbox provider's one click is a
POST without cookies (RFC 8058), whatever its body, answered with 200 and no redirect.
"""

import ipaddress
from collections.abc import Sequence
from urllib.parse import parse_qs

from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator import signup
from aggregator.errors import ConfigError
from aggregator.newsletter.addresses import checked_address
from aggregator.newsletter.tokens import Purpose
from aggregator.publish.rendering import Templates
from aggregator.settings import Settings
from aggregator.signup import Desk, Limits

_LONGEST_FORM = 4_000
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}


def list_pages(desk: Desk, settings: Settings, templates: Templates) -> Sequence[BaseRoute]:
    """The routes of the mailing list.

    Args:
        desk: who acts.
        settings: how the site calls itself.
        templates: ``site/list.html``.
    """
    pages = _Pages(desk, settings, templates)
    return (
        Route("/list/leave/{token}", pages.leave, methods=["GET", "POST"]),
        Route("/list/agree/{token}", pages.agree, methods=["GET", "POST"]),
        Route("/list/join", pages.join, methods=["GET", "POST"]),
    )


class _Pages:
    def __init__(self, desk: Desk, settings: Settings, templates: Templates) -> None:
        self._desk, self._settings, self._templates = desk, settings, templates
        self._limits = Limits()

    async def leave(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method == "POST":
            return self._done("left", signup.leave(self._desk, token))
        known = signup.is_token_of(self._desk, Purpose.UNSUBSCRIBE, token)
        return self._page("leave") if known else self._page("unknown", 404)

    async def agree(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method == "POST":
            return self._done("agreed", signup.agree(self._desk, token, _network(request)))
        known = signup.is_token_of(self._desk, Purpose.CONFIRM, token)
        return self._page("agree") if known else self._page("unknown", 404)

    async def join(self, request: Request) -> Response:
        if request.method == "GET":
            return self._page("join")
        typed, network = await _field(request, "address"), _network(request)
        try:
            checked_address(typed)
        except ConfigError as error:
            return self._page("join", 400, trouble=error.message)
        if not self._limits.allow(network, self._desk.clock()):
            return self._page("asked")
        # Behind the answer, so that its time tells nothing of the address either.
        return self._page("asked", task=BackgroundTask(signup.ask, self._desk, typed, network))

    def _done(self, what: str, done: bool) -> Response:
        return self._page(what) if done else self._page("unknown", 404)

    def _page(
        self, what: str, status: int = 200, trouble: str = "", task: BackgroundTask | None = None
    ) -> Response:
        page = self._templates.render(
            "site/list.html",
            what=what,
            trouble=trouble,
            site=self._settings.site,
            wording=self._desk.wording,
        )
        return HTMLResponse(page, status, _HEADERS, background=task)


async def _field(request: Request, name: str) -> str:
    """One field of a URL-encoded form of a bounded size; empty when there is none."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST_FORM:
                return ""
    except ClientDisconnect:
        return ""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return ""
    return fields.get(name, [""])[0]


def _network(request: Request) -> str:
    """Where a request came from, as coarse as one house: IPv4 /24, IPv6 /56."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    size = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))
