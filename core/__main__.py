"""``python -m core`` is ``trackmycrime``."""

from core.cli import main

main()
