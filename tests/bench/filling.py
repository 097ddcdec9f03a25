"""Filling a database with families, as a deployment of years has them: half of them live, half long dead.

Four families a person, of different clients; half of the live ones belong to a browser session, half are `offline`.
Set-based, and without asking each foreign key: every row is made from those that it points to.
"""

import psycopg
from psycopg.sql import SQL, Composed, Identifier

CLIENTS = 50

PEOPLE = """
INSERT INTO idp_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined, sub, username_key, role_id, epoch)
SELECT %(user)s + n, '!', false, 'grown' || n, 'Anna', 'Grown', 'grown' || n || '@example.com', false, true,
    now() - interval '1 year', gen_random_uuid(), 'grown' || n, (SELECT id FROM idp_role WHERE name = 'user'), 0
FROM generate_series(1, %(families)s / 4) n
"""
ADDRESSES = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT %(user)s + n, 'grown' || n || '@example.com', true, true FROM generate_series(1, %(families)s / 4) n
"""
# a live one and an ended one by turns
SESSIONS = """
INSERT INTO idp_session (id, sid, user_id, user_epoch, epoch, auth_time, acr, amr, user_agent, network, created_at,
    last_seen_at, idle_end, absolute_end, ended_at)
SELECT %(session)s + n, gen_random_uuid(), %(user)s + 1 + ((n - 1) %% (%(families)s / 2)) / 2, 0, 0,
    now() - interval '1 day', 'aal1', '["pwd"]', 'Firefox', '198.51.100.0/24', now() - interval '1 day',
    now() - interval '1 hour', now() + interval '1 day', now() + interval '7 days',
    CASE WHEN n > %(families)s / 2 THEN now() - interval '1 hour' END
FROM generate_series(1, %(families)s) n
"""
CONSENTS = """
INSERT INTO oauth_ext_consent (id, user_id, client_id, scopes, details, created_at, updated_at)
SELECT %(consent)s + n, %(user)s + 1 + (n - 1) / 4, %(client)s + 1 + n %% %(clients)s, '["openid", "profile"]', '{}',
    now() - interval '1 day', now() - interval '1 day'
FROM generate_series(1, %(families)s) n
"""
FAMILIES = """
INSERT INTO oauth_ext_family (id, kind, user_id, client_id, consent_id, session_id, offline, user_epoch, client_epoch,
    session_epoch, issuer, scopes, resources, name, token_digest, jkt, salt, counter, turned_at, turned_for, rotates,
    auth_time, acr, amr, created_at, expires_at, ended_at, end_reason)
SELECT gen_random_uuid(), 'authorization_code', %(user)s + 1 + (n - 1) / 4, %(client)s + 1 + n %% %(clients)s,
    %(consent)s + n, CASE WHEN bound THEN %(session)s + (n + 1) / 2 END, NOT bound, 0,
    (SELECT epoch FROM oauth_ext_application WHERE client_id = 'app'), 0, %(issuer)s, '["openid", "profile"]', '[]',
    '', '', '', decode(md5(n::text), 'hex'), 1, made, '', true, made, 'aal1', '["pwd"]', made,
    made + interval '90 days', CASE WHEN NOT live THEN made + interval '1 day' END,
    CASE WHEN live THEN '' ELSE 'revoked' END
FROM (
    SELECT (k + 1) / 2 AS n, k %% 2 = 1 AS live, k %% 4 = 1 AS bound,
        now() - CASE WHEN k %% 2 = 1 THEN interval '1 day' ELSE interval '60 days' END AS made
    FROM generate_series(1, 2 * %(families)s) k
) each
"""
TABLES = {
    "user": "idp_user",
    "session": "idp_session",
    "client": "oauth_ext_application",
    "consent": "oauth_ext_consent",
}


def fill(database_url: str, families: int, issuer: str) -> None:
    """Add so many live families, and as many dead ones that cleaning will take; a multiple of four."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        values: dict[str, object] = {"families": families, "clients": CLIENTS, "issuer": issuer}
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for name, table in TABLES.items():
                row = connection.execute(
                    SQL("SELECT coalesce(max(id), 0) FROM {}").format(Identifier(table))
                ).fetchone()
                values[name] = row and row[0]
            connection.execute(_clients(connection), values)
            for statement in (PEOPLE, ADDRESSES, SESSIONS, CONSENTS, FAMILIES):
                connection.execute(statement.encode(), values)
            for table in TABLES.values():
                numbers = SQL("SELECT setval(pg_get_serial_sequence({0}, 'id'), (SELECT max(id) FROM {1}))")
                connection.execute(numbers.format(table, Identifier(table)))
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _clients(connection: psycopg.Connection) -> Composed:
    """What makes the clients: copies of `app` by other names."""
    row = connection.execute("SELECT * FROM oauth_ext_application LIMIT 0")
    columns = [Identifier(each.name) for each in row.description or () if each.name not in {"id", "client_id"}]
    copied = SQL(", ").join(columns)
    return SQL(
        "INSERT INTO oauth_ext_application (id, client_id, {0}) "
        "SELECT %(client)s + n, 'app' || n, {0} FROM oauth_ext_application, generate_series(1, %(clients)s) n "
        "WHERE client_id = 'app'"
    ).format(copied)
