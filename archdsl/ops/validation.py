"""Values held against the types of arguments, by pydantic.

pydantic's import takes most of the time of `archdsl check`, and a model for each of the ops much of
the rest. So `semantics.evaluate.argument_cache` loads this module, and pydantic, only for values
that no earlier run has met, and a model is made for the op at hand.
"""

from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from archdsl.ops.argument import Described, Refused

D = TypeVar("D", bound=Described)


def validated(kind: type[D], values: dict[str, Any]) -> D:
    """The op or initialiser with these values; `Refused` where they are not what it takes."""
    try:
        fitting = model(kind).model_validate(values)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise Refused(str(error), [dict(fault) for fault in faults]) from None
    return kind(**{word: getattr(fitting, word) for word in kind.arguments})


@cache
def model(kind: type[Described]) -> type[BaseModel]:
    """The arguments as a model: strict, so that `true` is no number and a number no text."""
    fields: dict[str, Any] = {
        word: (said.annotation, Field(... if said.required else said.default))
        for word, said in kind.arguments.items()
    }
    config = ConfigDict(strict=True, extra="forbid")
    return create_model(kind.__name__, __config__=config, **fields)
