"""The permission table: every operation, as everybody, on everything, against an oracle that reads only product.md."""
