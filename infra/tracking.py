"""Counting: hits, views and latency out of the log, a dashboard, alerts, and what is not logged.

Alerts look at Google's own metrics only: a new log-based metric is unknown to alerts for minutes.
Logs stay in the project's `_Default` bucket, for its 30 days; stacks share it, so no stack
changes it.
"""

import pulumi
import pulumi_gcp as gcp

from infra.dashboard import dashboard_json
from infra.settings import Settings
from infra.site import origin_of

__all__ = ["Tracking"]

_ERROR_SHARE = 0.05  # of requests in five minutes
_LEAST_REQUESTS = 20  # one error among three requests wakes nobody
_LABELS = {"status": "HTTP status", "format": "json, url or redirect"}


class Tracking(pulumi.ComponentResource):
    """Metrics, dashboard and, with `alertEmail`, alerts of one gallery.

    Creates: three `logging.Metric`, `logging.ProjectExclusion` (Cloud Run's request log, which
    holds addresses and keys), `monitoring.Dashboard`; with `alertEmail` also
    `monitoring.NotificationChannel`, `monitoring.UptimeCheckConfig`, two `monitoring.AlertPolicy`.
    """

    dashboard_url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        service: pulumi.Output[str],
        api_url: pulumi.Output[str],
        bucket: pulumi.Output[str],
    ) -> None:
        super().__init__("image-gallery:infra:Tracking", name)
        self._name, self._service = name, service
        self._child = pulumi.ResourceOptions(parent=self)
        self._title = f"Image gallery, {settings.stack}"
        self._exclude_request_log()
        dashboard = gcp.monitoring.Dashboard(
            f"{name}-dashboard",
            dashboard_json=pulumi.Output.all(
                hits=self._counter("hits", "hit").name,
                views=self._counter("views", "view").name,
                latency=self._latency().name,
                service=service,
                bucket=bucket,
            ).apply(lambda names: dashboard_json(title=self._title, **names)),
            opts=self._child,
        )
        if settings.alert_email:
            self._alert(settings, api_url)
        self.dashboard_url = dashboard.id.apply(
            lambda id_: (
                "https://console.cloud.google.com/monitoring/dashboards/builder/"
                f"{id_.rpartition('/')[2]}?project={settings.project}"
            )
        )
        self.register_outputs({"dashboardUrl": self.dashboard_url})

    def _log_filter(self, rest: str) -> pulumi.Output[str]:
        return pulumi.Output.concat(
            'resource.type="cloud_run_revision" AND resource.labels.service_name="',
            self._service,
            f'" AND {rest}',
        )

    def _counter(self, suffix: str, event: str) -> gcp.logging.Metric:
        return gcp.logging.Metric(
            f"{self._name}-{suffix}",
            description=f"Image gallery: one for each {event}",
            filter=self._log_filter(f'jsonPayload.event="{event}"'),
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
            opts=self._child,
        )

    def _latency(self) -> gcp.logging.Metric:
        return gcp.logging.Metric(
            f"{self._name}-latency",
            description="Image gallery: milliseconds from request to answer, in the function",
            filter=self._log_filter('jsonPayload.event="hit"'),
            value_extractor="EXTRACT(jsonPayload.ms)",
            metric_descriptor={
                "metric_kind": "DELTA",
                "value_type": "DISTRIBUTION",
                "unit": "ms",
            },
            bucket_options={
                "exponential_buckets": {
                    "num_finite_buckets": 24,
                    "growth_factor": 2,
                    "scale": 0.1,
                }
            },
            opts=self._child,
        )

    def _exclude_request_log(self) -> None:
        gcp.logging.ProjectExclusion(
            f"{self._name}-no-request-log",
            description="Cloud Run's request log of the gallery holds addresses and keys",
            filter=self._log_filter('log_id("run.googleapis.com/requests")'),
            opts=self._child,
        )

    def _alert(self, settings: Settings, api_url: pulumi.Output[str]) -> None:
        channel = gcp.monitoring.NotificationChannel(
            f"{self._name}-email",
            type="email",
            display_name=self._title,
            labels={"email_address": settings.alert_email},
            user_labels=settings.labels,
            opts=self._child,
        )
        check = gcp.monitoring.UptimeCheckConfig(
            f"{self._name}-health",
            display_name=f"{self._title}: /health",
            timeout="10s",
            period="300s",
            http_check={"path": "/health", "port": 443, "use_ssl": True, "validate_ssl": True},
            monitored_resource={
                "type": "uptime_url",
                "labels": {
                    "project_id": settings.project,
                    "host": api_url.apply(lambda url: origin_of(url).partition("//")[2]),
                },
            },
            opts=self._child,
        )
        failing = f"more than {_ERROR_SHARE:.0%} of requests fail"
        self._policy("errors", failing, _errors(failing, self._service), channel)
        silent = "/health does not answer"
        self._policy("down", silent, _down(silent, check.uptime_check_id), channel)

    def _policy(
        self,
        suffix: str,
        what: str,
        condition: gcp.monitoring.AlertPolicyConditionArgs,
        channel: gcp.monitoring.NotificationChannel,
    ) -> None:
        gcp.monitoring.AlertPolicy(
            f"{self._name}-{suffix}",
            display_name=f"{self._title}: {what}",
            combiner="OR",
            conditions=[condition],
            notification_channels=[channel.name],
            documentation={
                "content": "What to look at first: docs/operations.md, *Read the dashboard*.",
                "mime_type": "text/markdown",
            },
            opts=self._child,
        )


def _errors(what: str, service: pulumi.Output[str]) -> gcp.monitoring.AlertPolicyConditionArgs:
    """More than a share of requests fail, and enough requests came for that to mean something."""

    def query(name: str) -> str:
        count = f'run_googleapis_com:request_count{{service_name="{name}"'
        failed = f'sum(increase({count},response_code_class="5xx"}}[5m]))'
        all_ = f"sum(increase({count}}}[5m]))"
        return f"{failed} / {all_} > {_ERROR_SHARE} and {all_} >= {_LEAST_REQUESTS}"

    return gcp.monitoring.AlertPolicyConditionArgs(
        display_name=what,
        condition_prometheus_query_language=(
            gcp.monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs(
                query=service.apply(query), duration="0s", evaluation_interval="60s"
            )
        ),
    )


def _down(what: str, check_id: pulumi.Output[str]) -> gcp.monitoring.AlertPolicyConditionArgs:
    """Two regions or more could not reach /health for ten minutes."""
    return gcp.monitoring.AlertPolicyConditionArgs(
        display_name=what,
        condition_threshold=gcp.monitoring.AlertPolicyConditionConditionThresholdArgs(
            filter=pulumi.Output.concat(
                'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND '
                'resource.type="uptime_url" AND metric.labels.check_id="',
                check_id,
                '"',
            ),
            comparison="COMPARISON_GT",
            threshold_value=1,
            duration="600s",
            aggregations=[
                gcp.monitoring.AlertPolicyConditionConditionThresholdAggregationArgs(
                    alignment_period="600s",
                    per_series_aligner="ALIGN_NEXT_OLDER",
                    cross_series_reducer="REDUCE_COUNT_FALSE",
                    group_by_fields=["resource.label.host"],
                )
            ],
        ),
    )
