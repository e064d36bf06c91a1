"""Reading ``force.toml``: what it says, what is wrong with it, and what it lacks."""
