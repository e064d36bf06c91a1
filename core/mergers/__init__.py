"""One force taken over by another."""

__all__: list[str] = []
