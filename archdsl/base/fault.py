"""An error of archdsl itself, as opposed to a mistake of the user's, which is a diagnostic.

Any room may raise a `Fault` where it finds that its own result is not to be trusted. The command
line ends with one sentence, a report in a file, and exit code 70.
"""


class Fault(Exception):
    """archdsl does not stand behind its own result; the message is a sentence without a stop.

    `details` are for whoever mends it (a piece of source, two numbers that should be equal). They
    go into the report only if the user agrees, since they may hold what the user wrote.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details
