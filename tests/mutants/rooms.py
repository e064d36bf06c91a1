"""The rooms that decide, and the files they are in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ROOMS: dict[str, tuple[str, ...]] = {
    "access": ("core/web/access.py", "core/cases/relations.py", "core/base/units.py", "core/cases/people.py",
               "core/storage/row_guard.py"),
    "sessions": ("core/web/sessions.py",),
    "sign-in": ("plugins/sign_in/*.py", "plugins/passkeys/*.py"),
    "limits": ("plugins/sign_in/guesses.py", "plugins/sign_in/limits.py", "plugins/sign_in/sending.py"),
    "contact": ("plugins/your_account/*.py", "core/cases/safe_*.py", "core/notices/ways.py",
                "core/base/phone.py"),
    "notices": ("core/notices/outbox.py", "core/notices/account_news.py", "core/notices/claims.py",
                "core/notices/letters.py", "core/notices/letter_words.py", "core/notices/outgoing.py",
                "core/notices/restored.py", "core/notices/waits.py", "core/plugin_host/defaults.py"),
    "retention": ("plugins/retention/retention.py", "plugins/retention/nightly.py",),
    "erasure": ("plugins/retention/erasure.py",),
    "break-glass": ("plugins/oversight/*.py",),
    "audit": ("core/audit/trail.py", "core/audit/*.py"),
    "eligibility": ("core/force/eligibility.py", "core/intake/judging.py",
                    "core/intake/officer_alerts.py", "plugins/eligibility/*.py"),
    "intake": ("core/intake/take_in.py", "core/intake/*.py"),
    "desk": ("plugins/officer_desk/*.py", "core/intake/updates.py", "core/intake/conversation.py",
             "core/intake/desk*.py", "plugins/messages/*.py"),
    "timeline": ("core/cases/timeline.py", "core/web/pages.py"),
}


def files_of(rooms: list[str], root: Path = ROOT) -> dict[str, list[str]]:
    """Each room's files, relative to *root*; a file that two rooms name is in the smaller one."""
    named = {room: {str(path.relative_to(root)) for glob in globs for path in root.glob(glob)}
             for room, globs in ROOMS.items()}
    homes: dict[str, str] = {}
    for room in sorted(named, key=lambda one: len(named[one])):
        for file in named[room]:
            homes.setdefault(file, room)
    return {room: sorted(file for file in named[room] if homes[file] == room) for room in rooms}
