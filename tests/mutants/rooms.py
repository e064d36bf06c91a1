"""The rooms that decide, and the files they are in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ROOMS: dict[str, tuple[str, ...]] = {
    "access": ("core/access.py", "core/relations.py", "core/units.py", "core/people.py", "core/row_guard.py"),
    "sessions": ("core/sessions.py",),
    "sign-in": ("plugins/sign_in/*.py", "plugins/passkeys/*.py"),
    "limits": ("plugins/sign_in/guesses.py", "plugins/sign_in/limits.py", "plugins/sign_in/sending.py"),
    "contact": ("plugins/your_account/*.py", "core/sending/safe_*.py", "core/sending/ways.py",
                "core/sending/phone.py"),
    "notices": ("core/notices.py", "core/sending/account_news.py", "core/sending/claims.py",
                "core/sending/letters.py", "core/sending/outgoing.py", "core/sending/restored.py",
                "core/sending/waits.py", "core/hosting/defaults.py"),
    "retention": ("core/retention.py",),
    "erasure": ("core/erasure.py",),
    "break-glass": ("core/break_glass.py", "core/unusual.py", "plugins/officer_desk/oversight.py"),
    "audit": ("core/audit.py", "core/auditing/*.py"),
    "eligibility": ("core/eligibility.py", "core/record_events/judging.py",
                    "core/record_events/officer_alerts.py", "plugins/eligibility/*.py"),
    "intake": ("core/intake.py", "core/record_events/*.py"),
    "desk": ("plugins/officer_desk/*.py", "core/updates.py", "core/conversation.py",
             "plugins/messages/*.py"),
    "timeline": ("core/timeline.py", "core/pages.py"),
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
