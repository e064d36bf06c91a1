"""Exampleshire Police: force.toml says what it is, hooks.py what a file cannot say."""
