"""What the environment tells the function. Nothing in it says where the function runs."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["Settings"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The function's settings; one that is missing closes a door and never opens one."""

    base_url: str  # of the photo bucket, without a slash at its end
    keys: tuple[bytes, ...]  # each of them is valid
    origins: frozenset[str]  # whose pages may read the answers
    require_key: bool

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings. Without a base URL every response is 503."""
        names = ("BASE_URL", "API_KEYS", "ALLOWED_ORIGINS", "REQUIRE_KEY")
        base_url, keys, origins, required = (os.environ.get(f"GALLERY_{n}", "") for n in names)
        return cls(
            base_url=base_url.rstrip("/"),
            keys=tuple(key.encode() for key in keys.split()),
            origins=frozenset([*origins.split(), "://".join(urlsplit(base_url)[:2])]) - {"://"},
            require_key=required.lower() != "false",
        )
