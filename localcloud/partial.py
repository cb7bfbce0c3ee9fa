"""Partial responses: the `fields` parameter, as `items(name,id),nextPageToken` or `a/b`."""

from typing import Any

from localcloud.errors import Invalid

__all__ = ["select"]

Tree = dict[str, "Tree"]


def select(value: dict[str, Any], fields: str) -> dict[str, Any]:
    """Only what `fields` names; raises Invalid where it cannot be read."""
    tree, rest = _parse(fields)
    if rest:
        raise Invalid(f"Invalid field selection {fields}")
    cut = _cut(value, tree)
    return cut if isinstance(cut, dict) else {}


def _parse(text: str, depth: int = 0) -> tuple[Tree, str]:
    """A list of selections, and what follows its closing bracket."""
    tree: Tree = {}
    while True:
        length = next((i for i, sign in enumerate(text) if sign in ",()/"), len(text))
        name, text = text[:length].strip(), text[length:]
        if not name or depth > 20:
            raise Invalid("Invalid field selection")
        branch: Tree = {}
        if text[:1] == "/":
            branch, text = _parse_one(text[1:], depth + 1)
        elif text[:1] == "(":
            branch, text = _parse(text[1:], depth + 1)
            if text[:1] != ")":
                raise Invalid("Invalid field selection: a bracket is open")
            text = text[1:]
        tree.setdefault(name, {}).update(branch)
        if text[:1] != ",":
            return tree, text
        text = text[1:]


def _parse_one(text: str, depth: int) -> tuple[Tree, str]:
    """What follows a slash: one selection, not a list."""
    length = next((i for i, sign in enumerate(text) if sign in ",)"), len(text))
    bracket = text.find("(")
    if 0 <= bracket < length:
        length = _closing(text, bracket)
    tree, rest = _parse(text[:length], depth)
    return tree, rest + text[length:]


def _closing(text: str, opening: int) -> int:
    open_brackets = 0
    for index in range(opening, len(text)):
        open_brackets += {"(": 1, ")": -1}.get(text[index], 0)
        if open_brackets == 0:
            return index + 1
    raise Invalid("Invalid field selection: a bracket is open")


def _cut(value: Any, tree: Tree) -> Any:
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [_cut(item, tree) for item in value]
    if isinstance(value, dict):
        return {name: _cut(value[name], branch) for name, branch in tree.items() if name in value}
    return value
