"""The contract as it is committed, as it was released, and the bar it is judged by."""
