"""The service document: what this service is, whose data it shows, and where everything is."""
