"""What the environment tells the function. Nothing in it says where the function runs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["Settings"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The function's settings; one that is missing closes a door and never opens one."""

    base_url: str  # of the photo bucket, without a slash at its end
    keys: tuple[bytes, ...] = ()  # each of them admits
    origins: frozenset[str] = frozenset()  # whose pages may read the answers
    require_key: bool = True

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. A base URL that is missing is told by every answer, as 503."""
        base_url = environment.get("GALLERY_BASE_URL", "").rstrip("/")
        page = urlsplit(base_url)
        published = {f"{page.scheme}://{page.netloc}"} if page.netloc else set()
        return cls(
            base_url=base_url,
            keys=tuple(key.encode() for key in environment.get("GALLERY_API_KEYS", "").split()),
            origins=frozenset(environment.get("GALLERY_ALLOWED_ORIGINS", "").split()) | published,
            require_key=environment.get("GALLERY_REQUIRE_KEY", "").lower() != "false",
        )
