"""Run the machines on the database of DATABASE_URL, which is migrated first: for SQLite, beside pytest's PostgreSQL."""

import sys

import django
from django.core.management import call_command
from django.test.utils import setup_test_environment

if __name__ == "__main__":
    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)
    from tests.attack.machines.run import run

    run(sys.argv[1])
