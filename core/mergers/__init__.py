"""When one force takes over from another."""
