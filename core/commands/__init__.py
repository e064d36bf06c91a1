"""The commands of ``trackmycrime``; :mod:`core.cli` gathers them."""
