"""The sector of a pairwise client: settled at registration, and nobody joins one without its word."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from django.db import IntegrityError, transaction

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.clients.services import ClientSpec
from oauth_ext.errors import InvalidClientMetadata

pytestmark = pytest.mark.django_db
SHOP = ["https://shop.example/cb", "https://shop.example/other"]
TWO_HOSTS = ["https://shop.example/cb", "https://pay.example/cb"]


class Documents:
    """Answers with one document; a real server on loopback."""

    def __init__(self) -> None:
        self.body, self.status, self.asked = b"[]", 200, 0
        documents = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                documents.asked += 1
                self.send_response(documents.status)
                self.send_header("Content-Length", str(len(documents.body)))
                self.end_headers()
                self.wfile.write(documents.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_port}/sector.json"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def documents(settings) -> Iterator[Documents]:
    settings.OUTBOUND_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    found = Documents()
    yield found
    found.server.shutdown()
    found.server.server_close()


def register(redirect_uris: list[str], uri: str = "") -> Application:
    spec = ClientSpec("shop", subject_type="pairwise", redirect_uris=redirect_uris, sector_identifier_uri=uri)
    client, _ = clients.register(spec)
    return client


def refused(redirect_uris: list[str], uri: str = "") -> str:
    with pytest.raises(InvalidClientMetadata) as refusal:
        register(redirect_uris, uri)
    ((field, sentence),) = refusal.value.problems
    assert field == "sector_identifier_uri"
    assert not Application.objects.exists()
    return sentence


def test_the_one_host_of_all_redirect_uris_is_the_sector():
    assert register([SHOP[0], "https://SHOP.example:8443/x"]).sector_identifier == "shop.example"


@pytest.mark.parametrize(
    "redirect_uris", [TWO_HOSTS, ["http://127.0.0.1/cb"], ["http://localhost/cb"], ["com.example.app:/cb"]]
)
def test_hosts_that_differ_or_are_anybodys_need_a_document(redirect_uris):
    assert "share one host" in refused(redirect_uris)


def test_a_document_that_lists_them_all_makes_a_sector(documents):
    documents.body = json.dumps([*TWO_HOSTS, "https://third.example/cb"]).encode()
    client = register(TWO_HOSTS, documents.uri)
    assert client.sector_identifier == "127.0.0.1"
    assert client.sector_identifier_uri == documents.uri
    assert documents.asked == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 200), (json.dumps(TWO_HOSTS[:1]).encode(), 200), (b"{}", 200), (b"not JSON", 200), (b"[]", 302)],
)
def test_a_document_that_does_not_list_them_all_refuses(documents, body, status):
    documents.body, documents.status = body, status
    assert refused(TWO_HOSTS, documents.uri)


@pytest.mark.parametrize("uri", ["http://shop.example/s.json", "https://10.0.0.1/s.json", "ftp://x", "https://"])
def test_a_document_where_nothing_is_fetched_refuses(uri):
    assert refused(SHOP, uri)


def test_a_private_address_is_not_asked(documents, settings):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    assert refused(SHOP, documents.uri)
    assert documents.asked == 0


def test_a_public_client_has_no_sector_but_its_document_is_checked(documents):
    documents.body = json.dumps(SHOP).encode()
    client, _ = clients.register(ClientSpec("shop", redirect_uris=SHOP, sector_identifier_uri=documents.uri))
    assert (client.subject_type, client.sector_identifier) == ("public", "")
    documents.body = b"[]"
    with pytest.raises(InvalidClientMetadata):
        clients.register(ClientSpec("other", redirect_uris=SHOP, sector_identifier_uri=documents.uri))


@pytest.mark.parametrize("changes", [{"sector_identifier": ""}, {"subject_type": "public"}])
def test_the_database_holds_that_pairwise_and_only_pairwise_has_a_sector(changes):
    client = register(SHOP)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=client.pk).update(**changes)


def test_the_subject_type_of_a_registered_client_is_a_difference():
    register(SHOP)
    client = Application.objects.get()
    assert clients.differences(client, ClientSpec("shop", redirect_uris=SHOP)) == ["subject_type"]
