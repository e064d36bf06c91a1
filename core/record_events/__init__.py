"""Record events, and what each does to a case: the parts of :mod:`core.intake`."""
