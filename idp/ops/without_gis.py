"""No maps: strawberry-django isn't to look for the libraries of geography, which nothing here has a use for."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured


class WithoutGis(MetaPathFinder):
    """Answers an import of `django.contrib.gis.geos` as Django does where GDAL isn't installed, but at once.

    strawberry-django imports it twice and goes on without it. Django looks for GDAL by twelve names each time, by way
    of the compiler and the linker: dozens of child processes at each start of a server and of each command.
    """

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Raise `ImproperlyConfigured` for that module; of every other it knows nothing."""
        if fullname == "django.contrib.gis.geos":
            raise ImproperlyConfigured("Gatehouse has no use for GDAL")


def install() -> None:
    """Once a process, before strawberry-django is imported."""
    sys.meta_path.insert(0, WithoutGis())
