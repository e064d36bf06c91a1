"""The built style sheet and script: packed, for browsers that take them so."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, abort, request, send_from_directory
from werkzeug.security import safe_join

from core.web.access import allow, anyone

FOLDER = str(Path(__file__).parent / "static")


@allow(anyone, forceless=True)
def static(filename: str) -> Response:
    if any(part.startswith(".") for part in filename.split("/")):
        abort(404)  # what the build keeps for itself
    packed = safe_join(FOLDER, f"{filename}.gz")
    if packed and request.accept_encodings.quality("gzip") > 0 and Path(packed).is_file():
        kind = "text/css" if filename.endswith(".css") else "text/javascript"
        answer = send_from_directory(FOLDER, f"{filename}.gz", mimetype=kind)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = send_from_directory(FOLDER, filename)
    answer.vary.add("Accept-Encoding")
    return answer


def init_app(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", "static", static)
