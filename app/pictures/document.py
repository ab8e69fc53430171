"""The file around a picture: its name and its description first, so that it is read aloud as one."""

from zlib import crc32

from app.pictures.letters import escaped
from app.pictures.sheet import Sheet

FONTS = "Arial, Helvetica, DejaVu Sans, sans-serif"


def document(sheet: Sheet, kind: str, title: str, said: str) -> str:
    """The text of the SVG. The ids begin with `kind` and come from the content: several can stand in one page."""
    name = f"{kind}-{crc32(f'{title}{said}{sheet.width}{sheet.look.ground}'.encode()):08x}"
    tall = round(sheet.y + sheet.sizes.edge)
    body = "\n".join(sheet.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="en-GB" aria-labelledby="{name}-title {name}-desc" '
        f'width="{sheet.width}" height="{tall}" viewBox="0 0 {sheet.width} {tall}" font-family="{FONTS}">\n'
        f'<title id="{name}-title">{escaped(title)}</title>\n<desc id="{name}-desc">{escaped(said)}</desc>\n'
        f'<rect width="{sheet.width}" height="{tall}" fill="{sheet.look.ground}"/>\n{body}\n</svg>\n'
    )
