import os
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploader.folder.dates import parse_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2017", "2017"),
        ("2017-08", "2017-08"),
        ("2017-08-14", "2017-08-14"),
        ("2017-08-14T18:03", "2017-08-14T18:03"),
        ("2017-08-14 18:03:22", "2017-08-14T18:03"),
        ("Aug 2017", "2017-08"),
        ("August 2017", "2017-08"),
        ("14 August 2017", "2017-08-14"),
        ("14th Aug. 2017", "2017-08-14"),
        ("August 14, 2017", "2017-08-14"),
        ("2017:08:14 18:03:22", "2017-08-14T18:03"),
        ("2017:08:14 18:03:22.55", "2017-08-14T18:03"),
        ("2017-08-14T18:03:22+02:00", "2017-08-14T18:03"),
        ("2017-08-14T18:03:22Z", "2017-08-14T18:03"),
        ("20170814", "2017-08-14"),
        ("2016-02-29", "2016-02-29"),
        ("2017:08:00 00:00:00", "2017-08"),
        ("2017:08:     :  :  ", "2017-08"),
        ("2017:08:14   :  :  ", "2017-08-14"),
        ("2017:08: : : ", "2017-08"),
        ("2017:00:00 00:00:00", "2017"),
        ("20170800", "2017-08"),
        ("20170000", "2017"),
        ("2017-00", "2017"),
        ("14.8.2017", "2017-08-14"),
        ("14. 08. 2017", "2017-08-14"),
        ("circa 1950", "1950"),
        ("ca. 1950", "1950"),
        ("c1950", "1950"),
        ("1950s", "1950"),
        ("1950's", "1950"),
    ],
)
def test_dates_stay_as_partial_as_they_were_written(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        *("", "No", "1:30", "0000:00:00 00:00:00", "2017-13", "2017-02-30", "14.13.2017", "٢٠١٧"),
        *("31 Feb 2017", "2015-02-29", "0017-08-14", "9999", "1999:99:99", "1955s"),
        *("14/08/2017", "    ", "2017-08-14T25:00"),
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


FIRST, LAST = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-12-31")


@given(st.datetimes(FIRST, LAST))
def test_every_moment_of_a_camera_is_read_back(moment):
    written = moment.strftime("%Y:%m:%d %H:%M:%S")

    assert parse_date(written) == moment.strftime("%Y-%m-%dT%H:%M")


@given(st.text(max_size=30))
def test_no_text_makes_it_fail(text):
    assert parse_date(text) is None or parse_date(text)[:4].isdigit()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "UTC"])
def test_the_machines_time_zone_moves_no_date(zone, monkeypatch):
    monkeypatch.setitem(os.environ, "TZ", zone)
    time.tzset()

    assert parse_date("2017-08-14T23:59:59-11:00") == "2017-08-14T23:59"
