"""Counting: hits, views and latency out of the log, a dashboard, and what is not logged.

Logs stay in the project's `_Default` bucket, for its 30 days; stacks share it, so no stack
changes it.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from image_gallery.dashboard import dashboard_json

__all__ = ["Tracking", "TrackingArgs"]

_LABELS = {"status": "HTTP status", "format": "json, url or redirect"}
_CONSOLE = "https://console.cloud.google.com/monitoring/dashboards/builder"


@dataclass(frozen=True, kw_only=True)
class TrackingArgs:
    """What is counted: a function's Cloud Run service, and the bucket that photos come from."""

    project: str
    title: str
    service: pulumi.Input[str]
    bucket: pulumi.Input[str]


class Tracking(pulumi.ComponentResource):
    """Metrics and dashboard of one gallery.

    Creates: three `logging.Metric`, `logging.ProjectExclusion` (Cloud Run's request log, which
    holds addresses and keys) and `monitoring.Dashboard`.
    """

    dashboard_url: pulumi.Output[str]

    def __init__(
        self, name: str, args: TrackingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:Tracking", name, {}, opts)
        gcp.logging.ProjectExclusion(
            f"{name}-no-request-log",
            description="Cloud Run's request log of the gallery holds addresses and keys",
            filter=_log_filter(args.service, 'log_id("run.googleapis.com/requests")'),
            # Google answers with the full name, which the provider takes for another one and
            # replaces at each `up` (recorded by GoogleCloudPlatform/k8s-config-connector).
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["name"]),
        )
        dashboard = gcp.monitoring.Dashboard(
            f"{name}-dashboard",
            dashboard_json=pulumi.Output.all(
                hits=_counter(f"{name}-hits", "hit", args.service, self).name,
                views=_counter(f"{name}-views", "view", args.service, self).name,
                latency=_latency(f"{name}-latency", args.service, self).name,
                service=args.service,
                bucket=args.bucket,
            ).apply(lambda names: dashboard_json(title=args.title, **names)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.dashboard_url = dashboard.id.apply(
            lambda id_: f"{_CONSOLE}/{id_.rpartition('/')[2]}?project={args.project}"
        )
        self.register_outputs({"dashboardUrl": self.dashboard_url})


def _log_filter(service: pulumi.Input[str], rest: str) -> pulumi.Output[str]:
    return pulumi.Output.concat(
        'resource.type="cloud_run_revision" AND resource.labels.service_name="',
        service,
        f'" AND {rest}',
    )


def _counter(
    name: str, event: str, service: pulumi.Input[str], parent: pulumi.Resource
) -> gcp.logging.Metric:
    return gcp.logging.Metric(
        name,
        description=f"Image gallery: one for each {event}",
        filter=_log_filter(service, f'jsonPayload.event="{event}"'),
        metric_descriptor={
            "metric_kind": "DELTA",
            "value_type": "INT64",
            "unit": "1",
            "labels": [
                {"key": key, "value_type": "STRING", "description": text}
                for key, text in _LABELS.items()
            ],
        },
        label_extractors={key: f"EXTRACT(jsonPayload.{key})" for key in _LABELS},
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _latency(name: str, service: pulumi.Input[str], parent: pulumi.Resource) -> gcp.logging.Metric:
    return gcp.logging.Metric(
        name,
        description="Image gallery: milliseconds from request to answer, in the function",
        filter=_log_filter(service, 'jsonPayload.event="hit"'),
        value_extractor="EXTRACT(jsonPayload.ms)",
        metric_descriptor={"metric_kind": "DELTA", "value_type": "DISTRIBUTION", "unit": "ms"},
        bucket_options={
            "exponential_buckets": {"num_finite_buckets": 24, "growth_factor": 2, "scale": 0.1}
        },
        opts=pulumi.ResourceOptions(parent=parent),
    )
