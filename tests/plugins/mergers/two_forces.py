"""Two forces of a test that become one, and the joining of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.plugin_host.host import host
from core.storage.db import db, force_scope
from plugins.mergers.merging import CannotMerge, Merged, merge
from tests.forces import live_force

OLD, NEW = "oldshire", "midshire"
PLUGINS = ["sign_in", "messages", "support", "email_notices"]
TIME, LATER = "2016-05-01T10:00:00Z", "2016-06-01T10:00:00Z"
Start = Callable[..., Flask]


def place(**more: Any) -> dict[str, Any]:
    return {"district": "north-side", "reported_at": TIME, "time": TIME, **more}


def two_forces(folder: Path) -> Path:
    """Midshire and Oldshire, both live."""
    file = live_force(folder, plugins=PLUGINS) / NEW / "force.toml"
    old = folder / OLD / "force.toml"
    old.parent.mkdir()
    old.write_text(
        file.read_text().replace('id = "midshire"', 'id = "oldshire"')
        .replace("Midshire Police", "Oldshire Police").replace("#14505c", "#5c1450")
    )
    return folder


def agree(
    folder: Path, *, absorbed: bool = True, closed: bool = True, more: str = "",
    old: str = OLD, new: str = NEW,
) -> None:
    """Write the merger into both files."""
    olds, news = folder / old / "force.toml", folder / new / "force.toml"
    if closed:
        olds.write_text(olds.read_text().replace(
            'status = "live"', f'status = "closed"\nsuccessor = "{new}"'
        ))
    if absorbed:
        news.write_text(news.read_text().replace(
            'status = "live"', f'status = "live"\nabsorbed = ["{old}"]'
        ) + more)


def join(app: Flask, *, old: str = OLD, new: str = NEW, **how: bool) -> Merged:
    with app.app_context():
        forces = host(app)
        return merge(forces.get(old).force, forces.get(new).force, db.session.commit, **how)


def count(app: Flask, model: Any, force: str) -> int:
    with app.app_context(), force_scope(force):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def refused(app: Flask, **how: bool) -> str:
    with pytest.raises(CannotMerge) as caught:
        join(app, **how)
    return "\n".join(caught.value.problems)
