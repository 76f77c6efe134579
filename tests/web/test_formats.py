from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.web import formats

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (None, "-"),
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (81_234, "81 kB"),
        (999_600, "1.0 MB"),
        (204_800_000, "205 MB"),
        (5 * 10**15, "5.0 PB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_sizes_are_said_in_decimal_units(octets, said):
    assert formats.size(octets) == said


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1, hours=3), "yesterday"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=40), "27 Mar"),
        (timedelta(days=400), "1 Apr 2030"),
    ],
)
def test_times_are_said_from_now(past, said):
    assert formats.ago(NOW - past, NOW) == said


def test_a_time_may_be_text():
    assert formats.ago("2031-05-06T09:04:09+02:00", NOW) == "4 min ago"
    assert formats.iso("2031-05-06T09:04:09+02:00") == "2031-05-06T07:04:09Z"
    assert formats.stamp(NOW) == "6 May 2031, 07:08:09 UTC"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Naledi Mokoena", "NM"),
        ("thabo", "T"),
        ("Sipho van der Merwe", "SM"),
        ("", "?"),
        ("…", "?"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert formats.initials(name) == letters


@pytest.mark.parametrize(
    ("content_type", "label"),
    [
        (None, "Folder"),
        ("application/pdf", "PDF"),
        ("text/csv; charset=utf-8", "Spreadsheet"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Spreadsheet"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "Text document",
        ),
        ("image/png", "Image"),
        ("message/rfc822", "Mail"),
        ("application/octet-stream", "File"),
    ],
)
def test_a_file_kind_has_a_name(content_type, label):
    assert formats.kind(content_type).label == label


def test_what_is_not_shown_in_place_has_no_preview():
    assert formats.preview("application/pdf") == "pdf"
    assert formats.preview("image/png") == "image"
    assert formats.preview("text/plain") == "text"
    assert formats.preview("") == "none"
    assert formats.preview("application/zip") == "none"


def test_a_browser_is_named_for_people():
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140"
    assert formats.browser(agent) == "Edge on Windows"
    assert formats.browser("curl/8.1") == "curl/8.1"
    assert formats.browser("") == "Unknown program"
