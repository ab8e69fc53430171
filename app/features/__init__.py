"""What people do, one folder for each group of verbs; features do not import each other."""
