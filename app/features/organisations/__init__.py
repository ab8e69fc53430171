"""NHS organisations: reference data that anyone reads and only the importer writes."""
