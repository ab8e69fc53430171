"""Statistical process control: what is signal and what is noise in a series.

Pure functions: no third-party package, nothing of the house, no clock, no disk.
"""

from app.spc.analysis import analyse
from app.spc.series import Analysis, Group, Judged, Point, Refused, Request
from app.spc.subgroups import analyse_subgroups

__all__ = [
    "Analysis",
    "Group",
    "Judged",
    "Point",
    "Refused",
    "Request",
    "analyse",
    "analyse_subgroups",
]
