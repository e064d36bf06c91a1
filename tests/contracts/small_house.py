"""A small house in which everything is as it should be: what the rules are tried on."""

from __future__ import annotations

from pathlib import Path

SOUND = {
    "core/__init__.py": '"""The minimal portal."""\n',
    "core/__main__.py": '"""Starts."""\nfrom core.cli import main\n',
    "wsgi.py": '"""Serves."""\nfrom core.app import create_app\n',
    "core/app.py": '"""Set-up."""\nfrom core.web import pages\n\ndef create_app():\n    """The app."""\n',
    "core/hookspecs.py":
        '"""Hooks."""\nfrom pluggy import HookspecMarker as Mark\nfrom core.force import Force\n'
        'hookspec = Mark("portal")\n\n'
        '@hookspec\ndef routes():\n    """Pages."""\n',
    "core/base/__init__.py": '"""Clock."""\nfrom core.base.clock import LONDON, now\n'
                             '__all__ = ["LONDON", "now"]\n',
    "core/base/clock.py": '"""Time."""\nLONDON = 1  # where it is\n\ndef now():\n    """The moment."""\n',
    "core/force/__init__.py": '"""Force."""\nfrom core.force.model import Force\n__all__ = ["Force"]\n',
    "core/force/model.py": '"""What a force is."""\nfrom typing import Literal\nfrom core.base import now\n'
                           'Nation = Literal["England", "Wales"]\n\n'
                           'class Force:\n    """A force."""\n    nation: Nation\n',
    "core/plugin_host/__init__.py": '"""Host."""\n\ndef found():\n    """All."""\n    import plugins\n'
                                    '__all__ = ["found"]\n',
    "core/web/__init__.py": '"""Web."""\nfrom core.web import pages\n__all__ = ["pages"]\n',
    "core/web/pages.py":
        '"""Pages."""\nfrom flask import Blueprint, render_template\n'
        'bp = Blueprint("pages", __name__)\n\n@bp.get("/")\ndef home():\n'
        '    return render_template("home.html")\n',
    "core/web/templates/home.html": '{% extends "layout.html" %}{{ url_for("pages.home") }}\n',
    "core/web/templates/layout.html": "<html></html>\n",
    "core/cli/__init__.py": '"""Commands."""\n\ndef main():\n    """All of them."""\n__all__ = ["main"]\n',
    "plugins/desk/__init__.py":
        '"""Desk."""\nfrom core.hookspecs import routes\nfrom core.force import Force\n'
        'from plugins.desk.routes import bp\n',
    "plugins/desk/routes.py": '"""Its pages."""\nbp = Blueprint("desk", __name__)\n\n@bp.get("/desk")\n'
                              'def start():\n    return redirect(url_for("pages.home"))\n',
    "plugins/desk/templates/desk/start.html": '{% include "desk/nav.html" %}{{ url_for("desk.start") }}\n',
    "plugins/letters/__init__.py": '"""Letters."""\nfrom core.base import now\n',
    "forces/midshire/force.toml": 'nation = "England"\n',
    "forces/midshire/hooks.py": '"""Its own."""\nfrom core.force import Force\n',
    "tests/test_routes.py": "def test_routes():\n    hook.routes()\n",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.read_text() + text if path.exists() else text)
    return root
