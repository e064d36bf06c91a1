"""From a force's ``force.toml`` to a checked :class:`core.force.Force`, and back to who edits it."""
