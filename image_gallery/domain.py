"""A host name of the owner's for page, photos and API: one origin, and nobody else's host.

Owns: Google's load balancer, its certificate, its cache of the bucket, and the limit of requests.
Refuses: plain HTTP, which is sent on to HTTPS.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

__all__ = ["Domain", "DomainArgs"]

_SCHEME = "EXTERNAL_MANAGED"
_LAST = 2147483647  # the priority of the rule for whatever no other rule is for
_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class DomainArgs:
    """The host name, the bucket and the Cloud Run service behind it, requests a minute (0: any)."""

    domain: str
    region: str
    bucket: pulumi.Input[str]
    service: pulumi.Input[str]
    rate_limit: int


class Domain(pulumi.ComponentResource):
    """One address: `/api` is the function, all else the bucket.

    Creates: `compute.GlobalAddress`, `compute.ManagedSslCertificate`, `compute.BackendBucket` with
    Cloud CDN, `compute.RegionNetworkEndpointGroup`, `compute.BackendService`, two
    `compute.URLMap`, `compute.TargetHttpsProxy`, `compute.TargetHttpProxy`, two
    `compute.GlobalForwardingRule`; with `rate_limit` also `compute.SecurityPolicy`.
    """

    address: pulumi.Output[str]
    """The IPv4 address that the host name's A record has to name."""

    def __init__(
        self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:Domain", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        address = gcp.compute.GlobalAddress(f"{name}-address", opts=child)
        certificate = gcp.compute.ManagedSslCertificate(
            f"{name}-certificate", managed={"domains": [args.domain]}, opts=child
        )
        photos = gcp.compute.BackendBucket(
            f"{name}-photos",
            bucket_name=args.bucket,
            enable_cdn=True,
            cdn_policy={"cache_mode": "USE_ORIGIN_HEADERS"},  # the objects say how long
            opts=child,
        )
        routes = gcp.compute.URLMap(
            f"{name}-routes",
            default_service=photos.id,
            host_rules=[{"hosts": [args.domain], "path_matcher": "gallery"}],
            path_matchers=[_paths(photos.id, _api(f"{name}-api", args, self).id)],
            opts=child,
        )
        secure = gcp.compute.TargetHttpsProxy(
            f"{name}-https", url_map=routes.id, ssl_certificates=[certificate.id], opts=child
        )
        to_https = gcp.compute.URLMap(
            f"{name}-to-https",
            default_url_redirect={"https_redirect": True, "strip_query": False},
            opts=child,
        )
        plain = gcp.compute.TargetHttpProxy(f"{name}-http", url_map=to_https.id, opts=child)
        for port, proxy in {"443": secure.id, "80": plain.id}.items():
            gcp.compute.GlobalForwardingRule(
                f"{name}-port-{port}",
                target=proxy,
                port_range=port,
                ip_address=address.address,
                load_balancing_scheme=_SCHEME,
                opts=child,
            )
        self.address = address.address
        self.register_outputs({"address": self.address})


def _api(name: str, args: DomainArgs, parent: pulumi.Resource) -> gcp.compute.BackendService:
    """The function as a backend; without a log, for that would hold addresses and keys."""
    child = pulumi.ResourceOptions(parent=parent)
    group = gcp.compute.RegionNetworkEndpointGroup(
        name,
        region=args.region,
        network_endpoint_type="SERVERLESS",
        cloud_run={"service": args.service},
        opts=child,
    )
    limit = _limit(f"{name}-limit", args.rate_limit, child) if args.rate_limit else None
    return gcp.compute.BackendService(
        name,
        protocol="HTTPS",
        load_balancing_scheme=_SCHEME,
        backends=[{"group": group.id}],
        security_policy=limit.id if limit else None,
        log_config={"enable": False},
        opts=child,
    )


def _limit(name: str, rate_limit: int, opts: pulumi.ResourceOptions) -> gcp.compute.SecurityPolicy:
    """429 for an address that asks more often than that in a minute."""
    everyone: gcp.compute.SecurityPolicyRuleMatchArgsDict = {
        "versioned_expr": "SRC_IPS_V1",
        "config": {"src_ip_ranges": ["*"]},
    }
    return gcp.compute.SecurityPolicy(
        name,
        description="Requests a minute and address",
        rules=[
            {
                "action": "throttle",
                "priority": 1000,
                "match": everyone,
                "rate_limit_options": {
                    "conform_action": "allow",
                    "exceed_action": "deny(429)",
                    "enforce_on_key": "IP",
                    "rate_limit_threshold": {"count": rate_limit, "interval_sec": _MINUTE},
                },
            },
            {"action": "allow", "priority": _LAST, "match": everyone},
        ],
        opts=opts,
    )


def _paths(
    photos: pulumi.Output[str], api: pulumi.Output[str]
) -> gcp.compute.URLMapPathMatcherArgsDict:
    """`/api` without that prefix to the function; the bare host name leads to the page."""
    return {
        "name": "gallery",
        "default_service": photos,
        "path_rules": [
            {
                "paths": ["/api", "/api/*"],
                "service": api,
                "route_action": {"url_rewrite": {"path_prefix_rewrite": "/"}},
            },
            {
                "paths": ["/"],
                "url_redirect": {
                    "path_redirect": "/site/index.html",
                    "redirect_response_code": "FOUND",
                    "strip_query": False,
                },
            },
        ],
    }
