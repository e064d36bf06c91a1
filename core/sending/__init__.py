"""What a letter says and by which way it may reach somebody: the parts of :mod:`core.notices`."""
