"""The command line: what an operator types. Every failure is one sentence on stderr; stdout is for what was asked."""
