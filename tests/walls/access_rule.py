"""Patch: views are entered whatever their rule says."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import abort, current_app, g, request

from core.base.scope import force_id_or_none
from core.cases import relations
from core.cases.models import Access, Case
from core.storage.db import read
from core.storage.walls import owned
from core.web import access

ANY_CASE = sa.select(
    *relations.case_columns, Access.id.label("access_id"), Access.role, Access.shown_through
).outerjoin(Access, sa.and_(Access.case_id == Case.id, owned(Access))).where(
    owned(Case), Case.id == sa.bindparam("case_id")
)


def open_gate() -> None:
    if request.endpoint is None:
        return
    policy: Any = current_app.view_functions[request.endpoint].tmc_policy  # type: ignore[attr-defined]
    if force_id_or_none() is None:
        if not policy.forceless:
            abort(404)
    elif not access.plugin_is_on(request.blueprint):
        abort(404)
    case_id = (request.view_args or {}).get("case_id")
    g.relation = "lead"
    g.case_row = read(ANY_CASE, case_id=case_id).first() if case_id else None


access.gate = open_gate
