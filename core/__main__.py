"""``python -m core`` is ``trackmycrime``."""

from core.cli.main import main

main()
