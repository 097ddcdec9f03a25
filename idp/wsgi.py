"""What a WSGI server serves: `idp.wsgi:application`."""

import gc
import os
from importlib import import_module

# What is made from here on stays: looking for garbage among it is a tenth of the start, and of no use afterwards.
gc.disable()

import django  # noqa: E402
from django.urls import get_resolver  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
django.setup(set_prefix=False)

# not before the settings are there
application = import_module("idp.ops.short_way").Handler()
# Views are loaded before a worker says that it is ready, and not by the first request that each worker gets.
get_resolver().reverse_dict  # noqa: B018

gc.freeze()
gc.enable()
