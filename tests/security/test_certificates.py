"""What the portal connects to must prove who it is; a wrong certificate learns nothing."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa

from core.audit.export import Head, send
from core.base import clock
from core.base.settings import Settings, load_settings
from core.base.settings_source import SettingsError
from core.testing.postgres import DATABASE, SERVING, Addresses
from tests.conftest import HERTS
from tests.core.app.test_start import production
from tests.mail import certificate_for, mail_server, server_context
from tests.security.checklist import requirement

NAME = "db.test"
TLS_ASKED = struct.pack("!I", 80877103)


@dataclass
class Front:
    """Ends TLS before the real PostgreSQL, as a server of its own name would."""

    database: str  # the socket of the real server
    context: ssl.SSLContext | None
    port: int = 0
    told: list[bytes] = field(default_factory=list)  # what a client said inside TLS

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                try:
                    self.meet(client)
                except OSError:  # a client that does not like what it sees
                    client.close()

    def meet(self, client: socket.socket) -> None:
        while len(asked := client.recv(8)) == 8:
            if asked[4:] == TLS_ASKED and self.context:
                client.sendall(b"S")
                break
            client.sendall(b"N")  # no encryption of this kind here
        else:
            client.close()
            return
        inside = self.context.wrap_socket(client, server_side=True)
        behind = socket.socket(socket.AF_UNIX)
        behind.connect(self.database)
        Thread(target=self.pass_on, args=(behind, inside, None), daemon=True).start()
        Thread(target=self.pass_on, args=(inside, behind, self.told), daemon=True).start()

    def pass_on(self, one: Any, other: Any, told: list[bytes] | None) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if told is not None:
                    told.append(data)
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def front(database: Addresses, certificate: Path | None) -> Iterator[Front]:
    folder = sa.make_url(database.serving).query["host"]
    here = Front(f"{folder}/.s.PGSQL.5432", server_context(certificate) if certificate else None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here.port = listener.getsockname()[1]
        Thread(target=here.serve, args=(listener,), daemon=True).start()
        yield here
        listener.shutdown(socket.SHUT_RDWR)


def connect(database: Addresses, folder: Path, port: int) -> str:
    """As the serving role of an installation whose database is elsewhere; who it is there."""
    settings = production(
        database.__class__(database.superuser, database.owner,
                           f"postgresql://{SERVING}@{NAME}:{port}/{DATABASE}?hostaddr=127.0.0.1",
                           database.server), folder)
    engine = sa.create_engine(settings.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT current_user")))


@requirement("G14")
def test_a_database_with_the_right_certificate_is_spoken_to(
    database: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for(NAME, tmp_path / "right.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with front(database, certificate) as there:
        assert connect(database, tmp_path, there.port) == SERVING
        assert there.told


@requirement("G14")
@pytest.mark.parametrize("fault", ["of another name", "of nobody we trust", "none at all"])
def test_a_database_with_a_wrong_certificate_learns_nothing(
    database: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    other = certificate_for("elsewhere.test", tmp_path / "other.pem")
    unknown = certificate_for(NAME, tmp_path / "unknown.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    shown = {"of another name": other, "of nobody we trust": unknown, "none at all": None}[fault]
    with front(database, shown) as there:
        with pytest.raises(sa.exc.OperationalError, match=r"certificate|does not support SSL"):
            connect(database, tmp_path, there.port)
        assert there.told == []


@requirement("G14")
@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_an_address_that_asks_for_less_stops_the_start(tmp_path: Path, mode: str) -> None:
    given = {
        "TMC_DATABASE_URL": f"postgresql://r:p@db.force.example/d?sslmode={mode}",
        "TMC_MASTER_KEY_FILE": str(tmp_path / "a"), "TMC_SECRET_KEY_FILE": str(tmp_path / "b"),
        "TMC_SMTP_URL": "smtp://mail.test", "TMC_BASE_URL": "https://portal.test",
    }
    with pytest.raises(SettingsError, match=f"TMC_DATABASE_URL: sslmode={mode} does not check"):
        load_settings(given)
    moved = {**given, "TMC_DATABASE_URL": "postgresql:///d",
             "TMC_DATABASE_URL__KENT": given["TMC_DATABASE_URL"]}
    with pytest.raises(SettingsError, match="TMC_DATABASE_URL__<FORCE>: sslmode"):
        load_settings(moved)
    assert "sslmode" not in load_settings({**given, "TMC_DATABASE_URL": "postgresql://r@127.0.0.1/d"}
                                          ).database_url
    own = f"postgresql://r:p@db.force.example/d?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem"
    kept = sa.make_url(load_settings({**given, "TMC_DATABASE_URL": own}).database_url)
    assert kept.query == {"sslmode": "verify-full", "sslrootcert": f"{tmp_path}/ca.pem"}


@requirement("G14")
@pytest.mark.parametrize("trusted", [True, False])
def test_heads_of_the_audit_go_to_a_mail_server_that_proves_who_it_is(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    certificate = certificate_for("localhost", tmp_path / "localhost.pem")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(tls_context=server_context(certificate)) as server:
        ours = settings.model_copy(update={
            "smtp_url": f"smtp://localhost:{server.port}", "audit_head_email": "heads@force.example"})
        heads = [Head(HERTS, 7, b"\x01\x02", clock.now())]
        if not trusted:
            with pytest.raises(ssl.SSLCertVerificationError):
                send(ours, heads)
        else:
            send(ours, heads)
        letters = [letter.get_content() for letter in server.letters]
    assert [f'"{HERTS}": [7, "0102"]' in text for text in letters] == ([True] if trusted else [])


