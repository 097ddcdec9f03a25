"""What a WSGI server serves: `idp.wsgi:application`."""

import os
from importlib import import_module

import django
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
django.setup(set_prefix=False)

# not before the settings are there
application = import_module("idp.ops.short_way").Handler()
# Views are loaded before a worker says that it is ready, and not by the first request that each worker gets.
get_resolver().reverse_dict  # noqa: B018
