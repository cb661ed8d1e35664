"""The mistakes in texts that cannot be read: a function for each message.

They are given places and words: Lark's tokens are not known here, and Lark is not loaded.
"""

from archdsl.base.diagnostics import Diagnostic, Unplaced, mistake
from archdsl.base.escape import cut
from archdsl.base.labels import Edit, Label, Remedy, Severity, replaced
from archdsl.base.source import Source, Span

_AS_COMMENT = "move it there, or write a comment with `#`"
_LEFT_EDGE = "start it at the left edge"


def short(text: str) -> str:
    """A word of the source, cut where it would flood the message."""
    return cut(text, 30)


# --- brackets and strings ---------------------------------------------------------------------


def never_closed(bracket: Span, closer: str, end: Span | None) -> Diagnostic:
    """`end` is where it is to be closed, if that is sure."""
    hint = f"add `{closer}` where it ends"
    remedy = Remedy(hint) if end is None else replaced(end, closer, hint)
    return mistake("E0102", f"this `{bracket.text}` is never closed", bracket, remedy)


def brackets_turned(span: Span, call: str) -> Diagnostic:
    """`conv)8, 3(`."""
    return mistake("E0103", "these brackets face the wrong way", span, replaced(span, call))


def closes_nothing(closer: Span) -> Diagnostic:
    remedy = replaced(closer, "", "delete it")
    return mistake("E0103", f"this `{closer.text}` closes nothing", closer, remedy)


def wrong_closer(bracket: Span, closer: Span, wanted: str) -> Diagnostic:
    message = f"`{bracket.text}` is closed by `{closer.text}`"
    label, others = f"`{wanted}` belongs here", (Label(bracket, "opened here"),)
    remedy = replaced(closer, wanted)
    return mistake("E0103", message, closer, remedy, label=label, others=others)


def open_string(opening: Span) -> Diagnostic:
    """`opening` are its quotes."""
    kind = "string" if len(opening.text) == 1 else "docstring"
    hint = f"add `{opening.text}` where it ends"
    return mistake("E0104", f"this {kind} is never closed", opening, hint)


# --- words and signs --------------------------------------------------------------------------


def no_number(text: str, span: Span, hint: str) -> Diagnostic:
    return mistake("E0116", f"`{short(text)}` is no number", span, hint)


def odd_character(what: str, span: Span, remedy: str | Remedy) -> Diagnostic:
    return mistake("E0115", what, span, remedy)


def special_letter(letter: str, kind: str, plain: str, span: Span) -> Diagnostic:
    """A letter that is a form of one of the language's."""
    return odd_character(
        f"{letter} is {kind}", span, replaced(span, plain, f"write `{short(plain)}`")
    )


def foreign_letter(letter: str, name: str, span: Span) -> Diagnostic:
    hint = "names are made of the letters a–z and A–Z, digits and `_`"
    return odd_character(f"`{short(name)}` holds {letter}", span, hint)


def python_word(word: str, span: Span, instead: str) -> Diagnostic:
    message = f"`{word}` is a word of Python, not of this language"
    value = {"True": "true", "False": "false", "None": "none"}.get(word)
    return mistake("E0117", message, span, replaced(span, value) if value else instead)


def python_word_inside(word: str, span: Span, meant: str) -> Diagnostic:
    """A word of Python in an expression, where a name was meant."""
    message = f"`{word}` is a word of Python, not a name"
    remedy = replaced(span, meant, f"did you mean `{meant}`?")
    return mistake("E0117", message, span, remedy)


def python_import(line: Span, word: Span) -> Diagnostic:
    """An import of a module of Python: ops and the library's blocks need none."""
    hint = "delete the line: ops and the library's blocks need no import"
    return mistake("E0117", "modules of Python cannot be imported", word, replaced(line, "", hint))


def comment_of_slashes(sign: Span) -> Diagnostic:
    remedy = replaced(sign, "#", "write `#` in its place")
    return mistake("E0100", "`//` begins no comment", sign, remedy)


def name_with_dash(name: Span) -> Diagnostic:
    remedy = replaced(name, name.text.replace("-", "_"))
    return mistake("E0116", "`-` is a minus sign and cannot be part of a name", name, remedy)


def keyword_as_name(word: str, span: Span) -> Diagnostic:
    return mistake("E0116", f"`{word}` is a keyword and cannot be a name", span, f"write `{word}_`")


def sizes_apart(span: Span, shape: str) -> Diagnostic:
    remedy = replaced(span, shape)
    return mistake("E0116", "the sizes of a shape are joined by `x`", span, remedy)


def input_behind_sign(span: Span, text: str) -> Diagnostic:
    """`input a = 3x32x32`."""
    message = "no `=` stands before an input's shape"
    return mistake("E0118", message, span, replaced(span, text))


def batch_in_shape(batch: Span, shape: str) -> Diagnostic:
    """`input -1x3x32x32`: a size that is left open."""
    message = "a shape is that of one sample, without the batch"
    return mistake("E0116", message, batch, replaced(batch, shape))


def inputs_on_a_line(comma: Span, gap: Span, blanks: str, rest: str) -> Diagnostic:
    hint = f"write `input {short(rest)}` on a line of its own"
    remedy = replaced(gap, f"\n{blanks}input ", hint)
    return mistake("E0100", "a line declares one input", comma, remedy)


def outputs_in_braces(span: Span, text: str) -> Diagnostic:
    message = "outputs have their names without braces and quotes"
    return mistake("E0119", message, span, replaced(span, text))


def name_in_quotes(span: Span, name: str) -> Diagnostic:
    """`f"conv{i}" = …`."""
    message = "a computed name stands without quotes"
    return mistake("E0119", message, span, replaced(span, name))


def name_with_index(span: Span, name: str) -> Diagnostic:
    """`skips[i] = …`."""
    message = "steps are numbered in their names, not in a list"
    return mistake("E0119", message, span, replaced(span, name))


def returns_no_type(span: Span) -> Diagnostic:
    """`block stem(c) -> Tensor:`."""
    remedy = replaced(
        span, "", f"delete `{short(span.text.strip())}`: the flow's end is the result"
    )
    return mistake("E0100", "a declaration names no result", span, remedy)


def unexpected(text: str, span: Span, expected: str) -> Diagnostic:
    return mistake("E0100", f"{text} is not expected here", span, expected)


# --- lines and levels -------------------------------------------------------------------------


def mixed_blanks(blanks: Span) -> Diagnostic:
    message = "tabs and spaces are mixed in the indentation"
    return mistake("E0106", message, blanks, "indent with four spaces a level")


def uneven_dedent(blanks: Span, nearest: int) -> Diagnostic:
    hint = f"indent by {nearest} spaces" if nearest else _LEFT_EDGE
    remedy = replaced(blanks, " " * nearest, hint)
    return mistake("E0107", "this indentation fits no line above", blanks, remedy)


def first_line_indented(blanks: Span) -> Diagnostic:
    return mistake("E0108", "the first line is indented", blanks, _LEFT_EDGE)


def deeper_than_above(blanks: Span, above: Span) -> Diagnostic:
    message = "this line stands deeper than the one above, which opens no body"
    hint = "indent it like the line above, or end that line with `:`"
    return mistake("E0108", message, blanks, hint, others=(Label(above, "the line above"),))


def missing_colon(end: Span) -> Diagnostic:
    remedy = Remedy("add `:`", (Edit(Span(end.source, end.start, end.start), ":"),))
    return mistake("E0109", "`:` is missing at the end of this line", end, remedy)


def missing_body(header: Span) -> Diagnostic:
    hint = "indent the lines of the body by four spaces; `identity` is a step that does nothing"
    return mistake("E0110", "the body is missing below this line", header, hint)


def only_docstring(span: Span) -> Diagnostic:
    hint = "write the steps below the docstring"
    return mistake("E0110", "this body holds no step", span, hint)


def body_on_header(span: Span) -> Diagnostic:
    message = "the body stands on the header's own line"
    return mistake("E0111", message, span, "write it below, indented by four spaces")


def docstring_elsewhere(span: Span, *, inside: bool) -> Diagnostic:
    """A docstring at the left edge, or further down in a body."""
    place = "right below" if inside else "below"
    message = f"a docstring stands {place} the header of a block or network"
    return mistake("E0112", message, span, _AS_COMMENT)


def unknown_declaration(word: Span, meant: str) -> Diagnostic:
    message = f"there is no declaration `{short(word.text)}`"
    return mistake("E0113", message, word, replaced(word, meant))


def outside_of_bodies(line: Span) -> Diagnostic:
    message = "this line stands outside of every block and network"
    hint = "a file holds `block`, `network`, `fn` and `from`; steps are indented below a header"
    return mistake("E0113", message, line, hint)


def value_outside_of_bodies(line: Span) -> Diagnostic:
    """`c = 16` at the left edge."""
    message = "values are bound inside a body"
    hint = f"write `let {short(line.text)}` inside the body that uses it"
    return mistake("E0113", message, line, hint)


def inside_a_body(word: str, span: Span) -> Diagnostic:
    """A declaration that stands in another one."""
    message = f"`{word}` stands inside a body"
    hint = "move it above the line that opens this body, to the left edge of the file"
    return mistake("E0114", message, span, hint)


def belongs_to_no_if(text: str, span: Span) -> Diagnostic:
    hint = "indent it like its `if`, whose body stands right above"
    return mistake("E0123", f"this {text} belongs to no `if`", span, hint)


def else_if(span: Span) -> Diagnostic:
    return mistake("E0100", "`else if` is one word here", span, "write `elif`")


def unknown_statement(word: Span, meant: str) -> Diagnostic:
    """`outputs a, b`, `var c = 16`."""
    message = f"there is no statement `{short(word.text)}`"
    return mistake("E0100", message, word, replaced(word, meant))


def begins_with_arrow(arrow: Span, remedy: str | Remedy) -> Diagnostic:
    return mistake("E0100", "a line cannot begin with `->`", arrow, remedy)


def step_behind_input(arrow: Span, rest: Span, before: int, blanks: str) -> Diagnostic:
    """`rest` are the steps, `before` is the end of the shape, `blanks` the line's indentation."""
    hint = f"write `{short(rest.text)}` on a line of its own"
    gap = Span(rest.source, before, rest.start)
    remedy = replaced(gap, f"\n{blanks}", hint)
    return mistake("E0100", "an `input` line ends with its shape", arrow, remedy)


def ends_too_early(last: str, end: Span, expected: str) -> Diagnostic:
    return mistake("E0101", f"the line ends too early, after `{short(last)}`", end, expected)


def missing_step(arrow: Span) -> Diagnostic:
    hint = "to break a long chain, begin the next line with `->`"
    return mistake("E0101", "a step is missing after `->`", arrow, hint)


# --- declarations -----------------------------------------------------------------------------


def unknown_version(number: Span, current: int) -> Diagnostic:
    message = f"version {number.text} of the language is not known"
    hint = f"this is version {current}: write `archdsl {current}`"
    return mistake("E0128", message, number, replaced(number, str(current), hint))


def not_in_variant(span: Span) -> Diagnostic:
    message = "a variant holds a docstring and `expect` lines only"
    hint = "give the base a parameter for what differs, or declare a network of its own"
    return mistake("E0130", message, span, hint)


def cannot_open(head: Span) -> Diagnostic:
    message = "only a name or a call can open a body"
    return mistake("E0125", message, head, "write `path:` or a merge, such as `add:`")


def path_without_quotes(path: Span, quoted: str) -> Diagnostic:
    remedy = replaced(path, quoted)
    return mistake("E0100", "the path of a file goes in quotes", path, remedy)


def names_not_written_out(span: Span) -> Diagnostic:
    hint = "write the names of the file's blocks in place of `*`: `import NAME, NAME`"
    return mistake("E0100", "the names that are imported are written out", span, hint)


def declares_no_name(word: str, span: Span) -> Diagnostic:
    return mistake("E0100", f"this {word} has no name", span, f"write `{word} NAME…`")


def parameters_bare(word: str, name: str, span: Span) -> Diagnostic:
    hint = f"write `{word} {name}(…)`"
    return mistake("E0121", "parameters go in parentheses", span, hint)


def function_without_parameters(name: str, span: Span) -> Diagnostic:
    return mistake("E0100", "a function has parameters", span, f"write `fn {name}(…) = …`")


def variant_with_parameters(span: Span) -> Diagnostic:
    hint = "write `network NAME = BASE(…)`; to have parameters, declare a network of its own"
    return mistake("E0119", "a variant has no parameters", span, hint)


def body_in_braces(brace: Span, header: str, edits: tuple[Edit, ...]) -> Diagnostic:
    message = "a body stands on indented lines below `:`, without braces"
    return mistake("E0121", message, brace, Remedy(f"write `{header}:`, and no `}}`", edits))


def step_with_braces(brace: Span, edits: tuple[Edit, ...]) -> Diagnostic:
    hint = "delete the braces: the next step stands on a line of its own, or behind `->`"
    return mistake("E0121", "no braces stand behind a step", brace, Remedy(hint, edits))


# --- what names and gives ---------------------------------------------------------------------


def no_sign_behind(word: str, sign: Span) -> Diagnostic:
    """`input: 3x224x224`."""
    message = f"no `{sign.text}` stands behind `{word}`"
    return mistake("E0118", message, sign, f"write `{word} …`")


def names_nothing(text: str, span: Span) -> Diagnostic:
    """`a == conv(8)`."""
    return mistake("E0118", f"{text} compares; it names nothing", span, replaced(span, "="))


def compares_nothing(sign: Span) -> Diagnostic:
    """`if a = 1:`."""
    remedy = replaced(sign, "==")
    return mistake("E0118", "`=` names a step; it compares nothing", sign, remedy)


def argument_with_colon(name: str | None, colon: Span) -> Diagnostic:
    return mistake("E0118", "an argument is given with `=`", colon, f"write `{name}=…`")


def let_with_type(name: str | None, colon: Span) -> Diagnostic:
    return mistake("E0118", "`let` takes no types", colon, f"write `let {name} = …`")


def initialiser_behind_sign(sign: Span, place: Span, text: str) -> Diagnostic:
    """`init conv = zeros`; `place` is where `:` belongs."""
    message = "`init` names its function behind `:`"
    return mistake("E0118", message, sign, replaced(place, ":", f"write `{text}`"))


def let_function(name: str | None, span: Span) -> Diagnostic:
    hint = f"declare it at the left edge of the file: `fn {name}(…) = …`"
    return mistake("E0119", "`let` binds values, not functions", span, hint)


def second_name(sign: Span) -> Diagnostic:
    hint = "give one name here, and the next one on a line of its own"
    return mistake("E0119", "a line has one `=`", sign, hint)


def names_what_is_no_name(sign: Span) -> Diagnostic:
    message = "only names can stand left of `=`"
    return mistake("E0119", message, sign, "write `name = …`")


def name_in_brackets(name: str, span: Span) -> Diagnostic:
    hint = f"write `{name}`, or `({name},)` for the element of a tuple of one"
    return mistake("E0119", "one name stands without brackets", span, hint)


def sum_in_place(line: Span, sum: str, sign: Span) -> Diagnostic:
    """`x += skip` of a step."""
    message = "`+=` adds numbers, and changes none here"
    return mistake("E0119", message, sign, replaced(line, sum))


def changed_in_place(name: str, operator: str, value: str, sign: Span) -> Diagnostic:
    message = f"no value is changed, and `{operator}=` would change `{name}`"
    hint = f"write `let {name}2 = {name} {operator} {value}` and use `{name}2` below it"
    return mistake("E0119", message, sign, hint)


# --- what joins -------------------------------------------------------------------------------


def missing_in(name: str | None, over: str, gap: Span) -> Diagnostic:
    return mistake("E0100", "`in` is missing", gap, f"write `{name} in {over}`")


def missing_comma(before: str | None, after: str, gap: Span, *, by_name: bool) -> Diagnostic:
    """Between two values; `by_name` if the first may be the second's name."""
    hint = f"write `{before}, {after}`"
    hint += f", or `{before}={after}` for an argument by name" if by_name else ""
    return mistake("E0120", "`,` is missing", gap, hint)


def copies_with_x(sign: Span, times: str) -> Diagnostic:
    """`basic_block(16) x 3`."""
    message = "a step is repeated with `*`"
    return mistake("E0121", message, sign, replaced(sign, times))


def missing_arrow(gap: Span) -> Diagnostic:
    return mistake("E0121", "`->` is missing between two steps", gap, "join steps with `->`")


def comma_for_arrow(comma: Span) -> Diagnostic:
    return mistake("E0121", "`,` does not join steps", comma, "write `->`")


def other_arrow(text: str, span: Span) -> Diagnostic:
    return mistake("E0121", f"`{text}` joins nothing here", span, replaced(span, "->"))


def arguments_bare(span: Span, call: str) -> Diagnostic:
    return mistake("E0121", "arguments go in parentheses", span, replaced(span, call))


def missing_else(word: Span) -> Diagnostic:
    message = "an `if` inside an expression needs an `else`"
    return mistake("E0124", message, word, "write `A if CONDITION else B`")


# --- what is no step --------------------------------------------------------------------------


def comparison_for_step(span: Span, hint: str) -> Diagnostic:
    return mistake("E0122", "this compares two values", span, hint)


def sum_for_step(span: Span, remedy: str | Remedy) -> Diagnostic:
    return mistake("E0122", "this is a sum, not a step", span, remedy)


def operator_for_step(operator: str, span: Span) -> Diagnostic:
    return mistake("E0122", f"`{operator}` makes a value, not a step", span)


def value_for_step(span: Span) -> Diagnostic:
    return mistake("E0122", "this is a value, not a step", span)


def sign_before_tensor(span: Span, name: str) -> Diagnostic:
    """`+ skip` as a line."""
    text = f"add(identity, {name})"
    hint = f"write `{text}`, which adds it to what flows"
    return mistake("E0122", "`+` adds numbers", span, replaced(span, text, hint))


def value_without_let(span: Span, text: str) -> Diagnostic:
    """`c = 16`; `span` is the whole line."""
    message = "`=` names a step, and this is a value"
    return mistake("E0122", message, span, replaced(span, text))


def values_for_step(span: Span) -> Diagnostic:
    hint = "join steps with `->`, branches with a merge"
    return mistake("E0122", "several values are not a step", span, hint)


def string_for_step(span: Span) -> Diagnostic:
    hint = "a docstring has three quotes; a comment begins with `#`"
    return mistake("E0122", "a string is not a step", span, hint)


def shape_for_step(span: Span) -> Diagnostic:
    hint = f"an input is declared `input {span.text}`"
    return mistake("E0122", "a shape is not a step", span, hint)


def shape_behind_sign(sign: Span, shape: str) -> Diagnostic:
    """`conv(16, 3) -> 16x30x30`, `conv(16, 3): 16x30x30`."""
    message = f"the shape at the end of a line stands behind `::`, not `{sign.text}`"
    gap = " " if not sign.source.text[: sign.start].endswith(" ") else ""
    remedy = replaced(sign, f"{gap}::", f"write `:: {short(shape)}`")
    return mistake("E0122", message, sign, remedy)


def number_for_step(span: Span, hint: str) -> Diagnostic:
    return mistake("E0122", "a number is not a step", span, hint)


# --- literals ---------------------------------------------------------------------------------


class BadLiteral(Unplaced):
    """The mistake in a literal's text; the builder knows its place."""


def too_many_digits(most: int, given: int) -> BadLiteral:
    message = f"a number has at most {most} digits, this one has {given}"
    return BadLiteral("E0126", message, "write it with an exponent: `1e30`")


def number_too_large() -> BadLiteral:
    return BadLiteral("E0126", "this number is too large", "the largest are near `1e308`")


def shape_too_large(most: int) -> BadLiteral:
    hint = f"a shape has at most {most} sizes of {most} digits"
    return BadLiteral("E0126", "this shape is too large", hint)


def size_of_zero() -> BadLiteral:
    return BadLiteral("E0116", "a shape cannot have a size of 0", "sizes are 1 or more")


def no_escape(character: str) -> BadLiteral:
    return BadLiteral("E0105", f"`\\{character}` is no escape", "write `\\\\` for a backslash")


def half_a_pair(escape: str) -> BadLiteral:
    message = f"`{escape}` is half of a pair of UTF-16, and no character"
    return BadLiteral("E0105", message, "write the character itself")


# --- limits -----------------------------------------------------------------------------------


def too_many_brackets(most: int, bracket: Span) -> Diagnostic:
    message = f"more than {most} brackets are open here"
    return mistake("E0126", message, bracket, "name the inner parts with `let`")


def too_many_words(most: int, head: Span) -> Diagnostic:
    message = f"this line has more than {most} words and signs"
    return mistake("E0126", message, head, "write it as a loop, or in parts")


def bodies_too_deep(most: int, head: Span) -> Diagnostic:
    message = f"bodies stand inside one another more than {most} deep"
    return mistake("E0126", message, head, "declare the inner part as a block")


def expression_too_deep(most: int, expression: Span) -> Diagnostic:
    message = f"this expression is nested more than {most} deep"
    source, start = expression.source, expression.start
    first = Span(source, start, min(expression.end, start + 1))
    return mistake("E0126", message, first, "name its parts with `let`")


def file_too_long(most: int, source: Source) -> Diagnostic:
    message = f"the file has {len(source.text)} characters; the limit is {most}"
    return mistake("E0126", message, Span(source, 0, 0), "split it, and import its parts")


def too_many_mistakes(most: int, last: Span) -> Diagnostic:
    message = f"more than {most} syntax errors: the rest of the file was not read"
    return Diagnostic("E0129", message, Label(last), severity=Severity.NOTE)


def not_text(source: Source) -> Diagnostic:
    position = source.text.index("\0")
    hint = "give the name of a text file that ends in `.arch`"
    return mistake("E0127", "this is not a text file", Span(source, position, position), hint)


# --- values on the command line ---------------------------------------------------------------


def missing_value(source: Source) -> Diagnostic:
    return mistake("E0101", "a value is missing", Span(source, 0, 0))


def second_value(span: Span) -> Diagnostic:
    return mistake("E0100", "one value is expected, and this begins another", span)
