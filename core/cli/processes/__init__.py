"""The processes that serve: web, worker, and what demo and tests start."""
