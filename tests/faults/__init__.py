"""``make faults``: what is broken on purpose, and how the portal bears it."""
