"""Staff sign in by their force's provider."""
