"""Exceptions whose message says it all."""


class Told(Exception):
    """A mistake of the caller's, told in full by its message.

    IPython shows such an exception without a traceback: the frames in between are archdsl's own.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
