"""The demonstration users, with passwords that everybody knows."""

from idp.users.errors import NameTaken
from idp.users.services import create_user

DEMO_PASSWORDS = {"admin": "adminpass", "alice": "alicepass"}


def seed() -> list[str]:
    """Create those who are missing, and touch nobody else; return the names of the new ones."""
    created = []
    for name, password in DEMO_PASSWORDS.items():
        admin = name == "admin"
        try:
            create_user(
                name,
                password,
                role="admin" if admin else "user",
                email=f"{name}@example.com",
                staff=admin,
                superuser=admin,
            )
        except NameTaken:
            continue
        created.append(name)
    return created
