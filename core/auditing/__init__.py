"""Around the audit: its chain, what is told to the outside, and that nothing leaves without it."""
