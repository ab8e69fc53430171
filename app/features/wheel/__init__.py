"""The wheel: how a network is doing, in numbers with their sources."""
