"""Mails about what somebody should look at: errors, silence, the ceiling, and traffic.

Alerts look at Google's own metrics only: a new log-based metric is unknown to alerts for minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from image_gallery.published import origin_of

__all__ = ["Alerts", "AlertsArgs"]

_ERROR_SHARE = 0.05  # of requests in five minutes
_LEAST_REQUESTS = 20  # one error among three requests wakes nobody
_BYTES_A_DAY = 10 * 2**30  # about 1.20 dollars of traffic; a blog's month is a tenth of it
_DAY = "86400s"


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """Whom to write to, and about which function and bucket."""

    project: str
    title: str
    labels: Mapping[str, str]
    email: pulumi.Input[str]
    service: pulumi.Input[str]
    api_url: pulumi.Input[str]
    bucket: pulumi.Input[str]
    max_instances: int


class Alerts(pulumi.ComponentResource):
    """Alerts of one gallery, by mail.

    Creates: `monitoring.NotificationChannel`, `monitoring.UptimeCheckConfig` of `/health`, and
    four `monitoring.AlertPolicy`: errors, down, ceiling, traffic.
    """

    def __init__(
        self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:Alerts", name, {}, opts)
        channel = gcp.monitoring.NotificationChannel(
            f"{name}-email",
            type="email",
            display_name=args.title,
            labels={"email_address": args.email},
            user_labels=args.labels,
            opts=pulumi.ResourceOptions(parent=self),
        )
        check = _health_check(f"{name}-health", args, self)
        conditions = {
            "errors": _errors(args.service),
            "down": _down(check.uptime_check_id),
            "ceiling": _ceiling(args.service, args.max_instances),
            "traffic": _traffic(args.bucket),
        }
        for suffix, condition in conditions.items():
            gcp.monitoring.AlertPolicy(
                f"{name}-{suffix}",
                display_name=f"{args.title}: {condition.display_name}",
                combiner="OR",
                conditions=[condition],
                notification_channels=[channel.name],
                documentation={
                    "content": "What to look at first: docs/running.md, *Read the dashboard*.",
                    "mime_type": "text/markdown",
                },
                user_labels=args.labels,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _health_check(
    name: str, args: AlertsArgs, parent: pulumi.Resource
) -> gcp.monitoring.UptimeCheckConfig:
    host = pulumi.Output.from_input(args.api_url).apply(
        lambda url: origin_of(url).partition("//")[2]
    )
    return gcp.monitoring.UptimeCheckConfig(
        name,
        display_name=f"{args.title}: /health",
        timeout="10s",
        period="300s",
        http_check={
            "path": pulumi.Output.from_input(args.api_url).apply(
                lambda url: url.removeprefix(origin_of(url)) + "/health"
            ),
            "port": 443,
            "use_ssl": True,
            "validate_ssl": True,
        },
        monitored_resource={
            "type": "uptime_url",
            "labels": {"project_id": args.project, "host": host},
        },
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _errors(service: pulumi.Input[str]) -> gcp.monitoring.AlertPolicyConditionArgs:
    """More than a share of requests fail, and enough requests came for that to mean something."""

    def query(name: str) -> str:
        count = f'run_googleapis_com:request_count{{service_name="{name}"'
        failed = f'sum(increase({count},response_code_class="5xx"}}[5m]))'
        all_ = f"sum(increase({count}}}[5m]))"
        return f"{failed} / {all_} > {_ERROR_SHARE} and {all_} >= {_LEAST_REQUESTS}"

    return gcp.monitoring.AlertPolicyConditionArgs(
        display_name=f"more than {_ERROR_SHARE:.0%} of requests fail",
        condition_prometheus_query_language=(
            gcp.monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs(
                query=pulumi.Output.from_input(service).apply(query),
                duration="0s",
                evaluation_interval="60s",
                # Else refused in a project that has not counted a request yet:
                # cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies
                disable_metric_validation=True,
            )
        ),
    )


def _down(check_id: pulumi.Input[str]) -> gcp.monitoring.AlertPolicyConditionArgs:
    """Two regions or more could not reach /health for ten minutes."""
    return _threshold(
        "/health does not answer",
        pulumi.Output.concat(
            'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND '
            'resource.type="uptime_url" AND metric.labels.check_id="',
            check_id,
            '"',
        ),
        above=1,
        duration="600s",
        aligner="ALIGN_NEXT_OLDER",
        period="600s",
        reducer="REDUCE_COUNT_FALSE",
        by="resource.label.host",
    )


def _ceiling(
    service: pulumi.Input[str], max_instances: int
) -> gcp.monitoring.AlertPolicyConditionArgs:
    """As many instances as there may be, for ten minutes: requests begin to be turned away."""
    return _threshold(
        f"all {max_instances} instances run",
        pulumi.Output.concat(
            'metric.type="run.googleapis.com/container/instance_count" AND '
            'resource.type="cloud_run_revision" AND resource.labels.service_name="',
            service,
            '"',
        ),
        above=max_instances - 1,
        duration="600s",
        aligner="ALIGN_MAX",
        period="300s",
        reducer="REDUCE_SUM",
        by="resource.label.service_name",
    )


def _traffic(bucket: pulumi.Input[str]) -> gcp.monitoring.AlertPolicyConditionArgs:
    """More bytes in a day than a blog's visitors load: the cost without a ceiling."""
    return _threshold(
        f"more than {_BYTES_A_DAY // 2**30} GiB sent in a day",
        pulumi.Output.concat(
            'metric.type="storage.googleapis.com/network/sent_bytes_count" AND '
            'resource.type="gcs_bucket" AND resource.labels.bucket_name="',
            bucket,
            '"',
        ),
        above=_BYTES_A_DAY,
        duration="0s",
        aligner="ALIGN_DELTA",
        period=_DAY,
        reducer="REDUCE_SUM",
        by="resource.label.bucket_name",
    )


def _threshold(
    title: str,
    filter_: pulumi.Output[str],
    *,
    above: float,
    duration: str,
    aligner: str,
    period: str,
    reducer: str,
    by: str,
) -> gcp.monitoring.AlertPolicyConditionArgs:
    return gcp.monitoring.AlertPolicyConditionArgs(
        display_name=title,
        condition_threshold=gcp.monitoring.AlertPolicyConditionConditionThresholdArgs(
            filter=filter_,
            comparison="COMPARISON_GT",
            threshold_value=above,
            duration=duration,
            aggregations=[
                gcp.monitoring.AlertPolicyConditionConditionThresholdAggregationArgs(
                    alignment_period=period,
                    per_series_aligner=aligner,
                    cross_series_reducer=reducer,
                    group_by_fields=[by],
                )
            ],
        ),
    )
