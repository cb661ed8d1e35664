"""The finding of the proof: a place where the emitted source is not the program."""


class Unproven(Exception):
    """The source is not the program; `owner` is the class where that shows, if it shows in one."""

    def __init__(self, what: str, owner: str = "") -> None:
        super().__init__(f"{owner}: {what}" if owner else what)
        self.what = what
        self.owner = owner
