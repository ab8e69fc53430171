"""The permission table: every operation, as everybody, on everything, against an oracle of the product's rules."""
