"""The API as OpenAPI 3.1, with the very limits that requests are held to."""

DOCUMENT: dict[str, object] = {}
