"""The built application: its page, its hashed files, and the configuration it reads at run time."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from spa.bff.settings import Settings

# Content codings (RFC 9110 §8.4.1) that the build left beside each file, the smallest first.
CODINGS = {"br": ".br", "gzip": ".gz"}


class HashedFiles(StaticFiles):
    """Files whose names change with their content, so that they may be kept for good."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        """As Starlette answers, with our word on caching, and in the smallest coding that is accepted."""
        if "\0" in path:  # no name of a file, which Starlette takes it for
            raise HTTPException(404)
        coding = self._coding(path, Headers(scope=scope).get("Accept-Encoding", ""))
        response = await super().get_response(path + CODINGS.get(coding, ""), scope)
        if coding:
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = _type(path)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    def _coding(self, path: str, accepted: str) -> str:
        offered = {name for name, weight in _weighed(accepted) if weight != 0}
        return next((name for name, end in CODINGS.items() if name in offered and self._is_file(path + end)), "")

    def _is_file(self, path: str) -> bool:
        try:
            return self.lookup_path(path)[1] is not None
        except OSError:  # a name that is too long, for one
            return False


def _weighed(accepted: str) -> Iterator[tuple[str, float]]:
    """Yield each coding and its weight (RFC 9110 §12.5.3)."""
    for part in accepted.lower().replace(" ", "").split(","):
        name, _, weight = part.partition(";q=")
        try:
            yield name, float(weight or 1)
        except ValueError:
            continue


def _type(path: str) -> str:
    """Return what Starlette would say of the file itself."""
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


class Files:
    """Serves what `npm run build` left in `dist`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.assets = HashedFiles(directory=settings.dist / "assets", check_dir=False)

    async def page(self, _: Request) -> Response:
        """The one page, for `/` and for the browser application's own callback."""
        return self._file("index.html")

    async def icon(self, _: Request) -> Response:
        """The favicon."""
        return self._file("favicon.svg")

    async def config(self, _: Request) -> JSONResponse:
        """GET /config.json: the names that `spa/src/config.ts` knows."""
        return JSONResponse(
            {
                "OAUTH_CLIENT_ID": self._settings.spa_client_id,
                "REDIRECT_URI": f"{self._settings.public_url}/callback",
                "AUTH_SERVER_URL": self._settings.auth_server_url,
            }
        )

    def _file(self, name: str) -> Response:
        path: Path = self._settings.dist / name
        if not path.is_file():
            raise HTTPException(503, "the browser application is not built: run `npm run build` in spa/")
        return FileResponse(path)
