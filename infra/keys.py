"""The API keys, and the secret that hands them to the function.

Owns: keys that buy nothing elsewhere. Refuses: a key without a restriction, which on Google is
a credential for every service of the project (Gemini's included).
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

__all__ = ["GalleryKeys"]

# A list of fonts, free, public and not enabled here: what a key has to be restricted to.
_HARMLESS_API = "webfonts.googleapis.com"


class GalleryKeys(pulumi.ComponentResource):
    """The keys of one gallery, and their secret.

    Creates: one `projects.ApiKey` for each name in the settings, `secretmanager.Secret`,
    `secretmanager.SecretVersion` (all keys, one per line), and by `grant_reading_to` one
    `secretmanager.SecretIamMember`.
    """

    first: pulumi.Output[str]
    secret_id: pulumi.Output[str]
    version: pulumi.Output[str]

    def __init__(
        self, name: str, settings: Settings, *, after: Sequence[pulumi.Resource] = ()
    ) -> None:
        super().__init__("image-gallery:infra:GalleryKeys", name)
        self._name = name
        keys = [self._key(key, settings, after) for key in settings.keys]
        secret = gcp.secretmanager.Secret(
            f"{name}-secret",
            replication={"auto": {}},
            labels=settings.labels,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        version = gcp.secretmanager.SecretVersion(
            f"{name}-version",
            secret=secret.id,
            secret_data=_lines(keys),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.first = keys[0]
        self.secret_id = secret.secret_id
        # Pinned: a changed secret is a new version, and a new version a new revision.
        self.version = version.version
        self.register_outputs({"secretId": self.secret_id})

    def grant_reading_to(self, member: pulumi.Input[str]) -> gcp.secretmanager.SecretIamMember:
        """Let a member read the keys."""
        return gcp.secretmanager.SecretIamMember(
            f"{self._name}-readable-by-api",
            secret_id=self.secret_id,
            role="roles/secretmanager.secretAccessor",
            member=member,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _key(
        self, key: str, settings: Settings, after: Sequence[pulumi.Resource]
    ) -> pulumi.Output[str]:
        resource = gcp.projects.ApiKey(
            f"{self._name}-{key}",
            display_name=f"Image gallery, stack {settings.stack}: {key}",
            restrictions={"api_targets": [{"service": _HARMLESS_API}]},
            # Google refuses to delete a key that was used in the last seven days, unless forced.
            deletion_policy="FORCE" if settings.deletable else None,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=after, protect=not settings.deletable
            ),
        )
        return pulumi.Output.secret(resource.key_string)


def _lines(keys: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    joined: pulumi.Output[str] = pulumi.Output.all(*keys).apply("\n".join)
    return pulumi.Output.secret(joined)
