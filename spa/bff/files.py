"""The built application: its page, its hashed files, and the configuration it reads at run time."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from spa.bff.settings import Settings


class HashedFiles(StaticFiles):
    """Files whose names change with their content, so that they may be kept for good."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        """As Starlette answers, with our word on caching."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


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
