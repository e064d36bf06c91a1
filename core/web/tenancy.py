"""Which force a request is for: the exact host table, or the first part of the path.

The first part of the path becomes the WSGI SCRIPT_NAME, so that ``url_for`` just works.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from core.base.scope import scope_of
from core.base.settings import Settings
from core.force.fault import ForceFileError, Problem
from core.plugin_host.host import PluginHost, served
from core.web.security import HEADERS


class Tenancy:
    """WSGI middleware: puts the force of each request in scope, or none."""

    def __init__(self, wsgi: WSGIApplication, host: PluginHost, settings: Settings) -> None:
        self.wsgi = wsgi
        self.served = served(host, settings)
        self.moved = _moved(host, self.served)
        claimed = _hosts(host, [*self.served, *self.moved])
        self.hosts = {name: f for name, f in claimed.items() if f in self.served}
        self.moved_hosts = {name: f for name, f in claimed.items() if f in self.moved}
        self.own_hosts = {f: host.get(f).force.hosts for f in self.moved.values()}
        self.base_url = None if settings.demo else settings.base_url
        shared = urlsplit(settings.base_url or "").hostname
        self.shared_hosts = None if settings.demo else {shared, "127.0.0.1", "localhost"}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = environ.get("HTTP_HOST", "").rsplit(":", 1)[0].lower()
        if name in self.moved_hosts:
            return self._lead_on(self.moved_hosts[name], environ.get("PATH_INFO", ""), environ,
                                 start_response)
        force_id = self.hosts.get(name)
        if force_id is None and self.shared_hosts is not None and name not in self.shared_hosts:
            headers = [("Content-Type", "text/plain"), *HEADERS.items()]
            start_response("421 Misdirected Request", headers)
            return [b"This address is not served here.\n"]
        if force_id is None:
            first, _, rest = str(environ.get("PATH_INFO", "")).lstrip("/").partition("/")
            if first in self.moved:
                return self._lead_on(first, f"/{rest}", environ, start_response)
            force_id = self._from_path(environ)
        if force_id is None:
            return self.wsgi(environ, start_response)
        with scope_of(force_id):
            return self.wsgi(environ, start_response)

    def _lead_on(
        self, old: str, path: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """From an address of a force that was absorbed to the same page of its successor."""
        new = self.moved[old]
        if self.own_hosts[new] and self.base_url:
            base = f"https://{self.own_hosts[new][0]}"
        else:
            base = f"{(self.base_url or '').rstrip('/')}/{new}"
        query = environ.get("QUERY_STRING", "")
        safe = quote(path.encode("latin-1"), safe="/-._~!$&'()*+,;=:@")
        address = f"{base}{safe or '/'}" + (f"?{query}" if query else "")
        headers = [("Location", address), ("Content-Length", "0"), *HEADERS.items()]
        start_response("308 Permanent Redirect", headers)
        return [b""]

    def _from_path(self, environ: WSGIEnvironment) -> str | None:
        first, _, rest = str(environ.get("PATH_INFO", "")).lstrip("/").partition("/")
        if first not in self.served:
            return None
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
        environ["PATH_INFO"] = f"/{rest}" if environ["PATH_INFO"] != f"/{first}" else ""
        return first


def _hosts(host: PluginHost, forces: Iterable[str]) -> dict[str, str]:
    """Each host name and whose it is. Raises ForceFileError for one that two forces claim: a
    person would be led to whichever was read last. What a draft claims beside others is let be."""
    found: dict[str, str] = {}
    problems = []
    for unsure, force_id in sorted((host.get(f).force.status in ("draft", "ready"), f) for f in forces):
        for name in host.get(force_id).force.hosts:
            other = found.setdefault(name.lower(), force_id)
            if other != force_id and not unsure:
                files = [str(host.files[f] / "force.toml") for f in (force_id, other)]
                problems.append(Problem(files[0], "hosts", None,
                                        f"the force {other} claims the host “{name}” too, in {files[1]}",
                                        "a host in one force's file only"))
    if problems:
        raise ForceFileError(problems)
    return found


def _moved(host: PluginHost, served_here: frozenset[str]) -> dict[str, str]:
    """Each closed force whose successor is served here, and that successor."""
    heirs = {f: i.force.successor for f, i in host.installed.items() if i.force.status == "closed"}
    found = {}
    for old in heirs:
        heir, seen = heirs[old], {old}
        while heir in heirs and heir not in seen:
            seen.add(heir)
            heir = heirs[heir]
        if heir in served_here:
            found[old] = heir
    return found


def init_app(app: Flask, host: PluginHost, settings: Settings) -> None:
    app.wsgi_app = Tenancy(app.wsgi_app, host, settings)  # type: ignore[method-assign]
