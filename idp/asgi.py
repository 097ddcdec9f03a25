"""What an ASGI server serves: `idp.asgi:application`."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
django.setup(set_prefix=False)

# not before the settings are there
application = import_module("idp.ops.utf8").ASGIHandler()
