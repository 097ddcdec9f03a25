"""The application that `uvicorn spa.bff.app:app` runs, made from the settings of this process's environment."""

import sys

from spa.bff.assembly import create_app
from spa.bff.settings import SettingsError, load

try:
    app = create_app(load())
except SettingsError as error:
    sys.exit(f"spa.bff: {error}")
