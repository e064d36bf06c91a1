"""`make bare`: the README's own commands on bare machines, as somebody new would type them."""
