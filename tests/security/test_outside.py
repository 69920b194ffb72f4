"""Vendors are believed only behind a certificate that is checked, and nobody sends our secrets on to somewhere else."""
from __future__ import annotations

import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace.gateways import meta, stripe
from marketplace.gateways.meta import asking, consent


class Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody on to /elsewhere of the same server, and writes down what was asked."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(307)
        self.send_header("Location", f"/elsewhere{len(self.server.asked)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def vendor():
    """A server that leads elsewhere; `vendor(certificate)` gives its address."""
    servers = []

    def start(certificate=None):
        server = HTTPServer(("127.0.0.1", 0), Elsewhere)
        server.asked = []
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.handle_error = lambda *_: None  # the caller hangs up: that is what is tried
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server, f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def self_signed(tmp_path):
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
              .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256()))
    kept = tmp_path / "server.pem"
    kept.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return kept


def test_a_certificate_nobody_vouches_for_is_refused(app, monkeypatch, vendor, self_signed):
    server, address = vendor(self_signed)
    _lead_to(app, monkeypatch, address)
    for call in (_ask_facebook, _exchange, _ask_stripe):
        with pytest.raises((meta.Unanswered, stripe.Unanswered)):
            call()
    assert server.asked == []


def test_facebooks_secrets_follow_no_redirect(app, monkeypatch, vendor):
    server, address = vendor()
    _lead_to(app, monkeypatch, address)
    for call in (_ask_facebook, _exchange):
        with pytest.raises((meta.Unanswered, stripe.Unanswered)):
            call()
    assert len(server.asked) == 2
    assert [path for path in server.asked if "elsewhere" in path] == []


def _lead_to(app, monkeypatch, address):
    ours = replace(app.extensions["settings"], meta_graph_url=address, stripe_api_url=address)
    monkeypatch.setitem(app.extensions, "settings", ours)


def _ask_facebook():
    return asking.fetch("EAAtoken", ("me",), ["id"])


def _exchange():
    return consent._token({"code": "c"})


def _ask_stripe():
    return stripe.create_refund({"charge": "ch_1"}, key="a")
