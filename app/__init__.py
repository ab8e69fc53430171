"""QI Networks: an API for the improvement networks of primary care."""

__version__ = "0.1.0"
