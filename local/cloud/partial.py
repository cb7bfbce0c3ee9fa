"""Partial responses: the `fields` parameter, as `items(name,id),nextPageToken` or `a/b`."""

import re
from typing import Any

from local.cloud.errors import Invalid

__all__ = ["select"]

Tree = dict[str, "Tree"]


def select(value: dict[str, Any], fields: str) -> dict[str, Any]:
    """Only what `fields` names; raises Invalid where it cannot be read."""
    tokens = re.findall(r"[(),/]|[^(),/]+", fields)[::-1]
    tree = _list(tokens, 0)
    if tokens:
        raise Invalid(f"Invalid field selection {fields}")
    cut: dict[str, Any] = _cut(value, tree)
    return cut


def _list(tokens: list[str], depth: int) -> Tree:
    """Selections between commas; consumes the tokens from the end."""
    tree: Tree = {}
    while True:
        name, branch = _one(tokens, depth)
        tree.setdefault(name, {}).update(branch)
        if tokens[-1:] != [","]:
            return tree
        tokens.pop()


def _one(tokens: list[str], depth: int) -> tuple[str, Tree]:
    name = tokens.pop().strip() if tokens else ""
    if not name or name in "(),/" or depth > 20:
        raise Invalid("Invalid field selection")
    if tokens[-1:] == ["/"]:
        tokens.pop()
        return name, dict([_one(tokens, depth + 1)])
    if tokens[-1:] != ["("]:
        return name, {}
    tokens.pop()
    branch = _list(tokens, depth + 1)
    if tokens[-1:] != [")"]:
        raise Invalid("Invalid field selection: a bracket is open")
    tokens.pop()
    return name, branch


def _cut(value: Any, tree: Tree) -> Any:
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [_cut(item, tree) for item in value]
    if isinstance(value, dict):
        return {name: _cut(value[name], branch) for name, branch in tree.items() if name in value}
    return value
