"""PDSA cycles: plan, do, study, act, on the time line of a result."""
