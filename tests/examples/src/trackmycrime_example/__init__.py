"""A force and a plugin for TrackMyCrime, to copy from."""
