"""The published files, with the types and headers that readers need."""

from collections.abc import Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    ".eml": "message/rfc822",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' https: data:; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


class _Published(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as refusal:
            response = PlainTextResponse(refusal.detail, refusal.status_code, refusal.headers)
        for ending, media_type in _TYPES.items():
            if path.endswith(ending) and response.status_code == 200:
                response.headers["Content-Type"] = media_type
        response.headers.update(_HEADERS)
        return response


def app_for(folder: Path, pages: Sequence[BaseRoute] = ()) -> Starlette:
    """The ASGI application that serves a folder of published files.

    Args:
        folder: the output folder; ETag, Last-Modified and 304 come from its files.
        pages: routes that are asked first.
    """
    files = _Published(directory=folder, html=True)
    return Starlette(
        routes=[*pages, Mount("/", files)],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000)],
    )


async def serve_files(folder: Path, host: str, port: int, pages: Sequence[BaseRoute] = ()) -> None:
    """Serve a folder of published files until the process is told to stop."""
    app = app_for(folder, pages)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning")
    await uvicorn.Server(config).serve()
