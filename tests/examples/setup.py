"""Compiles the catalogues into the wheel; everything else is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithWords(build_py):
    def run(self) -> None:
        super().run()
        into = Path("src" if self.editable_mode else self.build_lib)
        for source in Path("src").rglob("*.po"):
            compiled = into / source.relative_to("src").with_suffix(".mo")
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as read, compiled.open("wb") as written:
                write_mo(written, read_po(read))


setup(cmdclass={"build_py": BuildWithWords})
