"""The processes of an installation: started, watched, ended."""
