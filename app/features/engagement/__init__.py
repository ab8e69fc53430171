"""How members take part in a network: who joins, stays and is active, and who has gone quiet."""
