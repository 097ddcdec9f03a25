"""A person, as the API shows them."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph import ids
from graph.access import attribute, field, inherited, owner
from graph.account.consent import Consent
from graph.account.emails import EmailAddress
from graph.account.factors import Factors
from graph.account.identity import LinkedIdentity
from graph.account.session import Session
from graph.account.token_family import TokenFamily
from graph.connections import PAGE, After, Asked, Connection, First, page
from graph.node import Node
from graph.roles.types import Role
from graph.trail.types import AuditEvent, SecurityEventFeed
from graph.viewer import Info
from idp.audit import services as audit
from idp.sessions import services as sessions
from idp.users import services as users
from idp.users.models import User as UserRow
from oauth_ext.claims.subjects import subs_for
from oauth_ext.consents import services as consents
from oauth_ext.families import services as families
from oauth_ext.tokens.services import Judged

PROFILE = owner("profile", unless="users:read")
EMAIL = owner("email", unless="users:read")
ROLES = owner("roles", unless="users:read")


@strawberry.federation.type(keys=["id"], description="Someone who signs in.")
class User(Node):
    """Told to the person themselves, by the scopes of their token, and to who may read everybody's."""

    pk: strawberry.Private[int]
    held_roles: strawberry.Private[Sequence[Role]]
    own_sub: strawberry.Private[uuid.UUID]
    sector: strawberry.Private[str]
    sub: str = attribute(inherited, "The subject, as in tokens for this client.")
    username: str | None = attribute(PROFILE, "The name to sign in with.")
    first_name: str | None = attribute(PROFILE, "The first name; may be empty.")
    last_name: str | None = attribute(PROFILE, "The last name; may be empty.")
    email: str | None = attribute(EMAIL, "The e-mail address; may be empty.")
    email_verified: bool | None = attribute(EMAIL, "Whether the address was shown to be theirs.")
    is_active: bool | None = attribute(PROFILE, "Whether they may sign in.")
    deletion_due_at: datetime | None = attribute(
        PROFILE, "When the account will be deleted, as they wanted, unless they sign in before; null where it is kept."
    )
    role: str | None = attribute(ROLES, "The name of the role held now.")

    @property
    def user_pk(self) -> int:
        """The person that it is about."""
        return self.pk

    @field(inherited, "An opaque key, for caches and for other subgraphs.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("User", self.pk, self.sector))

    @field(PROFILE, "First and last name together; may be empty.")
    def name(self) -> str | None:
        """Join what there is."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @field(EMAIL, "All their e-mail addresses, the primary one first.")
    def emails(self) -> list[EmailAddress] | None:
        """Return them: one statement."""
        return EmailAddress.of(self.pk, self.email or "")

    @field(Session.VISIBLE, "By what they sign in besides a password.")
    def factors(self) -> Factors | None:
        """Return them: three statements."""
        return Factors.of(self.pk, self.sector)

    @field(ROLES, "The roles held now.")
    def roles(self) -> list[Role] | None:
        """Return them as they were read with the token."""
        return list(self.held_roles)

    @field(Session.VISIBLE, "Where they are signed in, the newest first.")
    def sessions(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Session] | None:
        """Return a page of the sessions that still count."""
        found = page(sessions.of_user(self.pk), Asked("sessions", first, after))
        return found.shown(Session.of_rows(found.rows, info.context.viewer))

    @field(Session.VISIBLE, "Their accounts at other providers by which they sign in, the oldest first.")
    def linked_identities(self, info: Info) -> list[LinkedIdentity] | None:
        """Return them: two statements."""
        return LinkedIdentity.of(self.pk, info.context.viewer)

    @field(Consent.VISIBLE, "What they allow clients, the newest first.")
    def consents(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Consent] | None:
        """Return a page of the consents that were not taken back."""
        found = page(consents.of_user(self.pk), Asked("consents", first, after))
        return found.shown(Consent.of_rows(found.rows, info.context.viewer))

    @field(TokenFamily.VISIBLE, "The grants that clients hold from them, the newest first.")
    def token_families(self, info: Info, first: First = PAGE, after: After = None) -> Connection[TokenFamily] | None:
        """Return a page of the families that still stand."""
        found = page(families.of_user(self.pk), Asked("token families", first, after), "-created_at")
        return found.shown(TokenFamily.of_rows(found.rows, info.context.viewer))

    @field(Session.VISIBLE, "What happened to them, the newest first.")
    def audit_events(self, info: Info, first: First = PAGE, after: After = None) -> Connection[AuditEvent] | None:
        """Return a page of the trail; who did it, and its details, are for who reads the whole."""
        found = page(audit.trail(about_user=self.own_sub), Asked("audit events of one", first, after), "-at")
        return found.shown([AuditEvent.of(row, info.context.viewer, whole=False) for row in found.rows])

    @field(
        Session.VISIBLE, "What has happened to them since the last time, the oldest first: for who keeps an eye on it."
    )
    def security_events(
        self,
        info: Info,
        after: Annotated[
            str | None,
            strawberry.argument(description="The last answer's `cursor`; without one the feed begins now."),
        ] = None,
    ) -> SecurityEventFeed | None:
        """Follow the trail; raises `BAD_USER_INPUT` for what is no cursor of it."""
        return SecurityEventFeed.of(self.own_sub, info.context.viewer, after)

    @classmethod
    def of(cls, viewer: Judged) -> Self | None:
        """Return the user the token speaks for, or None for a client's own token."""
        if viewer.user_pk is None or viewer.user_sub is None:
            return None
        return cls(
            pk=viewer.user_pk,
            own_sub=viewer.user_sub,
            held_roles=Role.held(viewer),
            sector=viewer.sector,
            sub=viewer.sub,
            username=viewer.username,
            first_name=viewer.first_name,
            last_name=viewer.last_name,
            email=viewer.email,
            email_verified=viewer.email_verified,
            is_active=True,  # or the token would not have been good
            deletion_due_at=None,  # the same: nobody gets one for an account that is to be deleted
            role=viewer.role,
        )

    @classmethod
    def of_rows(cls, rows: Collection[UserRow], viewer: Judged) -> list[Self]:
        """Return rows of `users.everybody` as this caller is shown them: no statement, but for pairwise subjects."""
        subs = subs_for(viewer.sector, {row.pk: row.sub for row in rows})
        return [
            cls(
                pk=row.pk,
                own_sub=row.sub,
                held_roles=[Role.of(row.role)],
                sector=viewer.sector,
                sub=subs[row.pk],
                username=row.username,
                first_name=row.first_name,
                last_name=row.last_name,
                email=row.email,
                email_verified=users.email_verified(row),
                is_active=row.is_active,
                deletion_due_at=row.deletion_due_at,
                role=row.role.name,
            )
            for row in rows
        ]

    @classmethod
    def load(cls, info: Info, ids_asked: list[str]) -> list[Self | None]:
        """Return the people of these `id`s, None in place of those that this caller may not see, or that are none."""
        viewer = info.context.viewer
        asked = [ids.unseal("User", id_asked, viewer.sector) for id_asked in ids_asked]
        me = cls.of(viewer)
        known = {me.pk: me} if me else {}
        others = {pk for pk in asked if pk is not None} - known.keys()
        if others and viewer.allows("users:read"):
            known |= {user.pk: user for user in cls.of_rows(list(users.everybody().filter(pk__in=others)), viewer)}
        return [known.get(pk or 0) for pk in asked]
