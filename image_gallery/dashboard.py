"""The dashboard a person would look at, as Cloud Monitoring's JSON. Pure; declares nothing."""

import json
from typing import Any

__all__ = ["dashboard_json"]

_COLUMNS = 12
_WIDTH, _HEIGHT = 6, 4


def dashboard_json(
    *, title: str, hits: str, views: str, latency: str, service: str, bucket: str
) -> str:
    """Return the dashboard: hits, views, errors, latency, instances, egress.

    `hits`, `views` and `latency` name log-based metrics; the others are Google's own.
    """
    run = f'resource.type="cloud_run_revision" AND resource.labels.service_name="{service}"'
    own = "logging.googleapis.com/user"
    requests = "run.googleapis.com/request_count"
    sent = "storage.googleapis.com/network/sent_bytes_count"
    charts = [
        _chart("Hits", f'metric.type="{own}/{hits}" AND {run}', "ALIGN_DELTA", "status"),
        _chart(
            "Photos really shown (views)", f'metric.type="{own}/{views}" AND {run}', "ALIGN_DELTA"
        ),
        _chart(
            "Errors (5xx)",
            f'metric.type="{requests}" AND metric.labels.response_code_class="5xx" AND {run}',
            "ALIGN_DELTA",
        ),
        _chart(
            "Time to choose, 95th percentile (ms)",
            f'metric.type="{own}/{latency}" AND {run}',
            "ALIGN_PERCENTILE_95",
        ),
        _chart(
            "Instances",
            f'metric.type="run.googleapis.com/container/instance_count" AND {run}',
            "ALIGN_MAX",
        ),
        _chart(
            "Bytes sent from the bucket (egress, uncapped)",
            f'metric.type="{sent}" AND resource.type="gcs_bucket"'
            f' AND resource.labels.bucket_name="{bucket}"',
            "ALIGN_DELTA",
        ),
    ]
    tiles = [_tile(index, chart) for index, chart in enumerate(charts)]
    return json.dumps(
        {"displayName": title, "mosaicLayout": {"columns": _COLUMNS, "tiles": tiles}},
        sort_keys=True,
    )


def _tile(index: int, chart: dict[str, Any]) -> dict[str, Any]:
    """Google answers without the zeros, so one that is sent would be a change at each preview."""
    place = {
        "xPos": index * _WIDTH % _COLUMNS,
        "yPos": index * _WIDTH // _COLUMNS * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
    }
    return {name: value for name, value in place.items() if value} | {"widget": chart}


def _chart(title: str, filter_: str, aligner: str, group_by: str = "") -> dict[str, Any]:
    aggregation: dict[str, Any] = {
        "alignmentPeriod": "3600s" if aligner == "ALIGN_DELTA" else "300s",
        "perSeriesAligner": aligner,
        "crossSeriesReducer": "REDUCE_MAX" if "PERCENTILE" in aligner else "REDUCE_SUM",
    }
    if group_by:
        aggregation["groupByFields"] = [f"metric.labels.{group_by}"]
    query = {"timeSeriesFilter": {"filter": filter_, "aggregation": aggregation}}
    return {
        "title": title,
        "xyChart": {"dataSets": [{"plotType": "LINE", "timeSeriesQuery": query}]},
    }
