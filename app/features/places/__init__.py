"""Places of Great Britain by what people type: reference data that anyone reads."""
