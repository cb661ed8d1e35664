"""A diagnostic in Python: printed as in the terminal, and asked where it is."""

from archdsl import driver


def test_a_diagnostic_prints_as_the_terminal_shows_it_and_knows_its_place() -> None:
    text = "network N:\n    input 3x32x32\n    cnov(8, 3)\n"
    (diagnostic,) = driver.loads(text, name="net.arch").diagnostics
    assert (diagnostic.file, diagnostic.line, diagnostic.column) == ("net.arch", 3, 5)
    assert str(diagnostic) == (
        "error[E0201]: there is no op, block or step called `cnov`\n"
        " --> net.arch:3:5\n"
        "  |\n"
        "3 |     cnov(8, 3)\n"
        "  |     ^^^^\n"
        "  = in N\n"
        "  = help: did you mean `conv`?"
    )
