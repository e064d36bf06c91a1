"""The keys: how they are kept, changed, checked, and what is sealed with them."""
