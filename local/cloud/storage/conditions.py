"""Preconditions by generation and metageneration, the same for every method."""

from collections.abc import Mapping

from local.cloud.errors import Invalid, NotModified, PreconditionFailed

__all__ = ["CONDITIONS", "check_conditions", "number"]

CONDITIONS = (
    "ifGenerationMatch", "ifGenerationNotMatch",
    "ifMetagenerationMatch", "ifMetagenerationNotMatch",
)  # fmt: skip

_MESSAGE = "At least one of the pre-conditions you specified did not hold."


def number(arguments: Mapping[str, str], name: str) -> int | None:
    """A parameter that is a whole number, if it is there; raises Invalid for any other text."""
    text = arguments.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid(f"Invalid value for {name}: {text}")
    return int(text)


def check_conditions(arguments: Mapping[str, str], generation: int, metageneration: int) -> None:
    """Refuse unless every condition holds; what is not there has generation 0.

    Raises PreconditionFailed, or NotModified for a condition that it be another one.
    """
    for name, actual in (("Generation", generation), ("Metageneration", metageneration)):
        if number(arguments, f"if{name}Match") not in (None, actual):
            raise PreconditionFailed(_MESSAGE)
        if number(arguments, f"if{name}NotMatch") == actual:
            raise NotModified(_MESSAGE)
