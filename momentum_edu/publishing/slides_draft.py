"""A slide, and the slides of a lesson while they are being laid out."""

from dataclasses import dataclass, replace

from momentum_edu.publishing.slides_parts import Picture, Printed
from momentum_edu.publishing.slides_text import words

SLIDE_WORDS = 85  # of all text on a slide
PRINTED_LINES = 7


@dataclass(frozen=True)
class Slide:
    """One slide: HTML of its heading, of its body, of what is said with it, and the section it is in."""

    kind: str
    heading: str
    body: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    where: str = ""
    picture: Picture | None = None


class Draft:
    """Slides in the making. What is said waits for the next slide; at a part's end it goes to the last."""

    def __init__(self) -> None:
        self.slides: list[Slide] = []
        self.where = ""
        self.waiting: list[str] = []
        self.open = False  # whether the last slide may take more text
        self.evidence: list[Printed] = []  # what was printed since the prediction
        self.pictured = False  # whether a figure has shown it since

    def say(self, *html: str) -> None:
        """Keep what is to be said for the next slide's notes."""
        self.waiting += html

    def show(self, slide: Slide, *, still_open: bool = False) -> None:
        """Add a slide; to one that is still open more text of the same part may be added."""
        self.slides.append(replace(slide, where=self.where, notes=(*slide.notes, *self.waiting)))
        self.waiting, self.open = [], still_open

    def extend(self, *html: str) -> None:
        """Add to the last slide."""
        last = self.slides[-1]
        self.slides[-1] = replace(last, body=(*last.body, *html), notes=(*last.notes, *self.waiting))
        self.waiting = []

    def new_round(self) -> None:
        """Forget what was printed: a new question is asked."""
        self.evidence, self.pictured = [], False

    def take_evidence(self) -> list[str]:
        """Return what was printed and no figure has shown, as far as a slide has room."""
        room = 0 if self.pictured else PRINTED_LINES
        shown = []
        for printed in self.evidence:
            lines = printed.text.count("\n") + 1
            if lines <= room:
                shown.append(printed.html)
                room -= lines
        self.evidence = []
        return shown

    def has_room_for(self, html: str) -> bool:
        """Tell whether the last slide is open and large enough for more."""
        return self.open and words("".join((*self.slides[-1].body, html))) <= SLIDE_WORDS

    def finish_part(self) -> None:
        """Leave what still waits to the last slide."""
        if self.waiting and self.slides:
            self.extend()
        self.open = False
