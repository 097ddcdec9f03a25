"""Deployments that tests start: real server processes that share a database, or have an SQLite file."""

import httpx
import psycopg
import pytest

from idp.dev.process import taken
from tests.stack.fixtures import StartGatehouse
from tests.stack.postgres import Postgres

pytestmark = pytest.mark.full  # long


def test_two_servers_share_a_database_and_one_issuer(
    start_gatehouse: StartGatehouse, postgres_server: Postgres
) -> None:
    with start_gatehouse(servers=2) as gatehouse:
        issuers = {httpx.get(f"{url}/.well-known/openid-configuration").json()["issuer"] for url in gatehouse.urls}
        assert issuers == {gatehouse.issuer} == {gatehouse.urls[0]}
        gatehouse.manage("seed_demo_users", "--force")
        with psycopg.connect(gatehouse.database_url) as connection:
            names = connection.execute("SELECT username FROM idp_user ORDER BY username").fetchall()
        assert names == [("admin",), ("alice",)]
        assert postgres_server.has(gatehouse.database_name)
    assert not postgres_server.has(gatehouse.database_name)


def test_a_server_comes_back_on_its_port(start_gatehouse: StartGatehouse) -> None:
    with start_gatehouse(sqlite=True) as gatehouse:
        assert gatehouse.database_url.startswith("sqlite:///")
        server = gatehouse.servers[0]
        port = int(server.url.rpartition(":")[2])
        server.stop()
        assert not taken(port)
        server.start()
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert not taken(port)


def test_settings_reach_the_servers(start_gatehouse: StartGatehouse) -> None:
    with start_gatehouse(settings={"ISSUER_URL": "http://localhost:4711"}) as gatehouse:
        metadata = httpx.get(f"{gatehouse.urls[0]}/.well-known/openid-configuration").json()
        assert metadata["issuer"] == "http://localhost:4711"


def test_a_setting_that_stops_the_start_is_told(start_gatehouse: StartGatehouse) -> None:
    with pytest.raises(Exception, match="ACCESS_TOKEN_EXPIRE_SECONDS"):
        start_gatehouse(settings={"ACCESS_TOKEN_EXPIRE_SECONDS": "soon"})
