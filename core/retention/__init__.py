"""What is kept for how long, and taking away for good."""

__all__: list[str] = []
