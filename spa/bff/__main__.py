"""`python -m spa.bff`: serve on the port of BFF_PUBLIC_URL, on the loopback interface."""

import sys
from urllib.parse import urlsplit

import uvicorn

from spa.bff.assembly import create_app
from spa.bff.settings import SettingsError, load


def main() -> None:
    """Run until stopped; behind a proxy that speaks HTTPS, run `uvicorn spa.bff.app:app` with the port you want."""
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(f"spa.bff: {error}")
    port = urlsplit(settings.public_url).port or 3000
    uvicorn.run(create_app(settings), host="127.0.0.1", port=port, access_log=False, server_header=False)


if __name__ == "__main__":
    main()
