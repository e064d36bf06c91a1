"""The picture of the rooms is drawn from the code, and says in words what it shows."""

from __future__ import annotations

from pathlib import Path

from tests.contracts.small_house import write
from tools.rooms import FLOORS, ROOT, House
from tools.rooms_picture import alternative, picture

PICTURE = "docs/images/rooms.svg"


def test_the_picture_is_drawn_from_the_code() -> None:
    house = House(ROOT)
    assert (ROOT / PICTURE).read_text() == picture(house), f"run: python tools/house.py --picture {PICTURE}"
    assert f"images/{Path(PICTURE).name})" in (ROOT / "docs/architecture.md").read_text()


def test_the_picture_has_every_room_and_arrow_and_says_them_in_words(sound: Path) -> None:
    write(sound, {"core/base/clock.py": "def late():\n    import core.force\n"})
    drawn, house = picture(House(sound)), House(sound)
    shown = [room for room in house.rooms if room in FLOORS]
    assert all(f">{room}</text>" in drawn for room in shown)
    assert drawn.count("<circle") == 4
    assert drawn.count('class="dot up"') == 1, "what leads up is told apart"
    assert "app: web; " in alternative(house)
    assert alternative(house) in drawn
    assert "prefers-color-scheme: dark" in drawn
