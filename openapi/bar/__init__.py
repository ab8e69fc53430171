"""The contract bar: strangers' linters, generators of clients and a compiler, run on the contract."""
