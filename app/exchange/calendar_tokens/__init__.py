"""Calendar tokens: addresses by which a calendar that cannot sign in reads one feed."""
