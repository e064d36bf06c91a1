"""The parts of a page that are the same for everybody: head, header, exit, footer, services."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from core.base.i18n import offered_languages

MOST = 5000


@pass_context
def kept(context: Context, template: str, **values: str | None) -> Markup:
    """A template rendered once for each force and language of the page, root of addresses and *values*.

    It is given these, as ``force`` (or None), ``lang`` and ``languages``, and nothing else of the
    request or of who asks: what is kept for one visitor is shown to the next.
    """
    environment: Any = context.environment  # of the page's language
    force, root, parts = context["force"], request.script_root, environment.rendered
    force_id = force.id if force else None
    key = (force_id, root, template, *values.values())
    found: Markup | None = parts.get(key)
    if found is None:
        others = [(code, name, f"?lang={code}") for code, name in offered_languages().items()]
        found = Markup(  # noqa: S704
            environment.get_template(template).render(force=force, languages=others, **values)
        )
        if root in ("", f"/{force_id}"):  # any other was not made by core.web.tenancy
            if len(parts) >= MOST:
                parts.clear()
            parts[key] = found
    return found


@pass_context
def header(context: Context, asked: str = "", keep_at: str | None = None) -> Markup:
    """The header; its links to the other language keep *asked*, the query of this page's address.

    On a page whose form ``write`` is kept by a POST to *keep_at*, they are buttons of this form, so that
    what is begun comes along.
    """
    found = kept(context, "frame/header.html", keeps="1" if keep_at else None)
    if keep_at:
        return Markup(str(found).replace('action="?lang=', f'action="{escape(keep_at)}?lang='))  # noqa: S704
    if not asked:
        return found
    return Markup(str(found).replace('href="?lang=', f'href="?{escape(asked)}&amp;lang='))  # noqa: S704


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(kept=kept, header=header)
