"""A sheet that fills from the top: what is drawn so far, and how far down it reaches."""

from dataclasses import dataclass, field

from app.pictures.letters import escaped
from app.pictures.look import Look, Sizes


@dataclass(slots=True)
class Sheet:
    """The picture in the making. Presentation attributes only: no policy of a page has to allow a style."""

    width: int
    look: Look
    sizes: Sizes
    y: float = 0.0
    parts: list[str] = field(default_factory=list)

    @property
    def room(self) -> float:
        """The width between the edges."""
        return self.width - 2 * self.sizes.edge

    def add(self, markup: str) -> None:
        """Draw something that is markup already."""
        self.parts.append(markup)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float,
        fill: str = "",
        bold: bool = False,
        anchor: str = "",
    ) -> None:
        """Write one line with its baseline at y. This is where every text is escaped."""
        weight = ' font-weight="bold"' if bold else ""
        side = f' text-anchor="{anchor}"' if anchor else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill or self.look.ink}"{weight}{side}>'
            f"{escaped(words)}</text>"
        )

    def lines(self, lines: list[str], *, size: float, fill: str = "", bold: bool = False) -> None:
        """Write lines below what is there."""
        for line in lines:
            self.y += round(size * 1.35)
            self.text(self.sizes.edge, self.y - size * 0.3, line, size=size, fill=fill, bold=bold)
