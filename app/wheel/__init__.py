"""The five Cs in numbers: what the indicators are, and how they are counted from what happened."""
