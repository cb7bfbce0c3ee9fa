"""The API keys, and the secret that hands them to the function.

Owns: keys that buy nothing elsewhere. Refuses: a key without a restriction, which on Google is
a credential for every service of the project (Gemini's included).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from image_gallery.labels import key_title

__all__ = ["HARMLESS_SERVICE", "GalleryKeys", "GalleryKeysArgs"]

# What a key has to be restricted to: a list of fonts, free and public. It is enabled as well, for
# Google offers only enabled services: cloud.google.com/docs/authentication/api-keys
HARMLESS_SERVICE = "webfonts"


@dataclass(frozen=True, kw_only=True)
class GalleryKeysArgs:
    """The names of the keys, and who may read them."""

    stack: str
    labels: Mapping[str, str]
    keys: Sequence[str]
    deletable: bool
    reader: pulumi.Input[str]
    hooks: pulumi.ResourceHookBinding | None = None


class GalleryKeys(pulumi.ComponentResource):
    """The keys of one gallery, and their secret.

    Creates: one `projects.ApiKey` for each name, `secretmanager.Secret`,
    `secretmanager.SecretVersion` (all keys, one per line) and `secretmanager.SecretIamMember`.
    """

    first: pulumi.Output[str]
    secret_id: pulumi.Output[str]
    version: pulumi.Output[str]

    def __init__(
        self, name: str, args: GalleryKeysArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:GalleryKeys", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        keys = [_key(f"{name}-{key}", key_title(args.stack, key), args, self) for key in args.keys]
        secret = gcp.secretmanager.Secret(
            f"{name}-secret", replication={"auto": {}}, labels=args.labels, opts=child
        )
        version = gcp.secretmanager.SecretVersion(
            f"{name}-version", secret=secret.id, secret_data=_lines(keys), opts=child
        )
        gcp.secretmanager.SecretIamMember(
            f"{name}-readable-by-api",
            secret_id=secret.secret_id,
            role="roles/secretmanager.secretAccessor",
            member=args.reader,
            opts=pulumi.ResourceOptions(parent=self, hooks=args.hooks),
        )
        self.first = keys[0]
        self.secret_id = secret.secret_id
        # Pinned: a changed secret is a new version, and a new version a new revision.
        self.version = version.version
        self.register_outputs(
            {"first": self.first, "secretId": self.secret_id, "version": self.version}
        )


def _key(
    name: str, title: str, args: GalleryKeysArgs, parent: pulumi.Resource
) -> pulumi.Output[str]:
    resource = gcp.projects.ApiKey(
        name,
        display_name=title,
        restrictions={"api_targets": [{"service": f"{HARMLESS_SERVICE}.googleapis.com"}]},
        # Google refuses to delete a key that was used in the last seven days, unless forced.
        deletion_policy="FORCE" if args.deletable else None,
        opts=pulumi.ResourceOptions(parent=parent, protect=not args.deletable),
    )
    return pulumi.Output.secret(resource.key_string)


def _lines(keys: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    joined: pulumi.Output[str] = pulumi.Output.all(*keys).apply("\n".join)
    return pulumi.Output.secret(joined)
