"""The parts of a page that are the same for everybody: head, header, exit, footer, services."""

from __future__ import annotations

from flask import Flask, current_app, request
from markupsafe import Markup, escape

from core.base.i18n import language, offered_languages
from core.base.installation import State
from core.base.scope import force_id_or_none
from core.plugin_host.host import the_force

MOST = 5000
PARTS: State[dict[tuple[str | None, ...], Markup]] = State("frame", dict)  # rendered, by what they are of


def kept(template: str, **values: str | None) -> Markup:
    """A template rendered once for each force, language, root of addresses and *values*.

    It is given these, as ``force`` (or None), ``lang`` and ``languages``, and nothing else of the
    request or of who asks: what is kept for one visitor is shown to the next.
    """
    force_id, here, root = force_id_or_none(), language(), request.script_root
    parts = PARTS.get()
    key = (force_id, here, root, template, *values.values())
    found = parts.get(key)
    if found is None:
        others = [(code, name, f"?lang={code}") for code, name in offered_languages().items()]
        found = Markup(  # noqa: S704
            current_app.jinja_env.get_template(template).render(
                force=the_force() if force_id else None, lang=here, languages=others, **values
            )
        )
        if root in ("", f"/{force_id}"):  # any other was not made by core.web.tenancy
            if len(parts) >= MOST:
                parts.clear()
            parts[key] = found
    return found


def header(asked: str = "", keep_at: str | None = None) -> Markup:
    """The header; its links to the other language keep *asked*, the query of this page's address.

    On a page whose form ``write`` is kept by a POST to *keep_at*, they are buttons of this form, so that
    what is begun comes along.
    """
    found = kept("frame/header.html", keeps="1" if keep_at else None)
    if keep_at:
        return Markup(str(found).replace('action="?lang=', f'action="{escape(keep_at)}?lang='))  # noqa: S704
    if not asked:
        return found
    return Markup(str(found).replace('href="?lang=', f'href="?{escape(asked)}&amp;lang='))  # noqa: S704


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(kept=kept, header=header)
