"""People: who someone is, as far as they let others see."""
