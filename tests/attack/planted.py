"""An application with one fault of each kind, for the tools to find: nobody else ever runs it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask, request

PAGE = "<!doctype html><html lang=en><title>Planted</title><main>{}</main>"


def planted(folder: Path) -> Flask:
    """Pages: ``/search?q=`` says again what it is asked, ``/item?id=`` builds its statement out of text,
    ``/book`` keeps what is written and shows it to everybody."""
    app = Flask("planted")
    app.logger.disabled = True  # the tools make it fail as often as they can
    file = folder / "planted.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "CREATE TABLE item (id INTEGER, name TEXT); CREATE TABLE book (line TEXT);"
            "INSERT INTO item VALUES (1, 'bicycle'), (2, 'helmet');")

    @app.get("/")
    def home() -> str:
        return PAGE.format(
            "<a href='/search?q=x'>search</a> <a href='/item?id=1'>item</a> <a href='/book'>book</a>")

    @app.get("/search")
    def search() -> str:
        return PAGE.format(f"<p>Nothing found for {request.args.get('q', '')}</p>")

    @app.get("/item")
    def item() -> str:
        with closing(sqlite3.connect(file)) as database:
            found = database.execute(
                f"SELECT name FROM item WHERE id = {request.args.get('id', '1')}").fetchall()
        return PAGE.format(f"<p>{len(found)} found: {found}</p>")

    @app.route("/book", methods=["GET", "POST"])
    def guestbook() -> str:
        with closing(sqlite3.connect(file)) as database:
            if request.method == "POST":
                database.execute("INSERT INTO book VALUES (?)", (request.form.get("line", ""),))
                database.commit()
            lines = "".join(f"<p>{line}</p>" for (line,) in database.execute("SELECT line FROM book"))
        form = "<form method=post action='/book'><input name=line><button>Write</button></form>"
        return PAGE.format(form + lines)

    return app
