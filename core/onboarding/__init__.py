"""Commands for those who bring a force on board."""

__all__: list[str] = []
