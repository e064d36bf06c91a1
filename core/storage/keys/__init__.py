"""Keys: the master key in its file, those of each force for each purpose, and new ones."""
