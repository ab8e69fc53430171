"""Charts as pictures: `picture_of` an analysis, `draw` makes SVG of a picture, `png.of` makes PNG of the SVG.

Pure: nothing here knows of the house, of HTTP or of where the numbers come from.
"""

from app.pictures import png
from app.pictures.chart import draw
from app.pictures.from_analysis import Subject, picture_of
from app.pictures.picture import Mark, Picture, Point

__all__ = ["Mark", "Picture", "Point", "Subject", "draw", "picture_of", "png"]
