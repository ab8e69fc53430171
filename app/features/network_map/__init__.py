"""The map of a network: how its members are tied to each other, without their names."""
