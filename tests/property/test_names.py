"""Names, and what bytes are said to be, for anything that can be typed or sent."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.documents.cursors import read, write
from chalicelib.documents.media import OCTETS, PEEK, shown_in_place, sniff
from chalicelib.documents.model import MAX_PARTS, part_size_of, part_sizes
from chalicelib.documents.name import MAX_BYTES, MAX_KEY_BYTES, Name, key_of
from chalicelib.errors import Invalid

anything = st.text(st.characters(codec=None), max_size=300)
valid = st.text(st.characters(codec="utf-8"), max_size=120)
# Letters whose case folding grows, shrinks, or depends on the language.
FOLDED = "ßẞſﬁﬃŉǰΐΰﬗİıIiΣσςÅÅK\u0345ᾳᾴǅꭰᎠ"  # noqa: RUF001
folded = st.text(st.sampled_from(FOLDED + "\u0301\u0308\u0323ae"), max_size=20)


@given(anything)
def test_a_name_is_taken_as_typed_or_refused(text):
    try:
        name = Name.of(text)
    except Invalid:
        return
    assert name.text == text.strip()
    assert 1 <= len(unicodedata.normalize("NFC", name.text).encode()) <= MAX_BYTES
    assert name.text not in (".", "..")
    assert not set(name.text) & set("/\\\x00\n\r\u202e\u2066")
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for c in name.text)
    assert 1 <= len(name.key.encode()) <= MAX_KEY_BYTES


@given(st.one_of(valid, folded))
@example("\u0345\u0301")
@example("İ")
def test_a_key_is_its_own_key(text):
    assert key_of(key_of(text)) == key_of(text)


@given(st.one_of(valid, folded))
def test_however_it_is_composed_it_is_the_same_name(text):
    keys = {key_of(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert keys == {key_of(text)}


# Turkish dotted and dotless letters are others by Unicode's rules; U+0345 has no case of its own.
cased = st.text(
    st.characters(min_codepoint=0x41, max_codepoint=0x52F, exclude_characters="\u0130\u0131\u0345")
)


@given(cased)
def test_case_makes_no_other_name(text):
    assert key_of(text.upper()) == key_of(text.lower()) == key_of(text)


@given(st.one_of(valid, folded), st.one_of(valid, folded), st.one_of(valid, folded))
def test_being_the_same_is_an_equivalence(a, b, c):
    def same(x, y):
        return key_of(x) == key_of(y)

    assert same(a, a)
    assert same(a, b) == same(b, a)
    assert not (same(a, b) and same(b, c)) or same(a, c)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Straße", "STRASSE", True),
        ("Café", "Cafe\u0301", True),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", True),
        ("file", "ﬁle", True),
        ("I", "i", True),
        ("İ", "i\u0307", True),
        ("\u0131", "i", False),
        ("\u0131", "I", False),
        ("a", "а", False),  # noqa: RUF001 - a Cyrillic one
        ("a b", "a  b", False),
        ("résumé", "resume", False),
        ("１", "1", False),  # noqa: RUF001 - compatibility forms stay apart
    ],
)
def test_names_that_are_and_are_not_the_same(one, other, same):
    assert (Name.of(one).key == Name.of(other).key) == same


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ".",
        "..",
        " .. ",
        "a/b",
        "a\\b",
        "a\x00b",
        "a\nb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "evil\u202egpj.exe",
        "\u2066a",
        "\ud800",
        "a\udfffb",
        "x" * 256,
        "é" * 128,
        "請" * 86,
        "x" * 10_000,
    ],
)
def test_names_that_cannot_be(text):
    with pytest.raises(Invalid):
        Name.of(text)


@pytest.mark.parametrize(
    "text", ["x" * 255, "é" * 127, "請" * 85, "e\u0301" * 127, "...", "-", "😀"]
)
def test_names_that_can(text):
    assert Name.of(text).text == text


@given(st.binary(max_size=PEEK))
def test_any_bytes_are_something(first):
    assert "/" in sniff(first)


MARKUP = [b"<!DOCTYPE html", b"<html", b"<script", b"<SVG", b"<body", b"<iframe", b"<head"]


@given(
    st.sampled_from([b"", b"\xef\xbb\xbf", b"  \r\n\t", b"<!-- a -->", b"<?xml version='1.0'?>"]),
    st.text("abc <>=&'\"\n", max_size=200),
    st.sampled_from(MARKUP),
    st.binary(max_size=PEEK // 2),
)
def test_markup_is_never_shown_in_place(before, more, mark, after):
    assert not shown_in_place(sniff((before + more.encode() + mark + after)[:PEEK]))


@given(st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32"]), st.sampled_from(MARKUP))
def test_markup_in_wide_characters_is_octets(encoding, mark):
    assert sniff(mark.decode().encode(encoding)) == OCTETS


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00<"), min_size=1, max_size=9))
def test_text_cut_in_the_middle_of_a_character_is_text(text):
    assert sniff(b"text " + (text * PEEK).encode()[: PEEK - 5]) == "text/plain"


@given(st.integers(1, 50 * 1024**3))
def test_parts_add_up_and_suit_s3(size):
    part = part_size_of(size)
    if part is None:
        return
    sizes = part_sizes(size, part)
    assert sum(sizes) == size
    assert len(sizes) <= MAX_PARTS
    assert all(5 * 1024**2 <= each <= 5 * 1024**3 for each in sizes[:-1])


@given(st.text(max_size=300))
def test_a_forged_cursor_is_refused_or_stays_in_its_partition(text):
    for names in (("sk",), ("list_sk", "pk", "sk")):
        try:
            position = read(text, {"list_pk": "mine"}, names)
        except Invalid:
            continue
        assert position["list_pk"] == "mine"
        assert set(position) == {"list_pk", *names}


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_a_cursor_comes_back_as_it_went(text):
    cursor = write({"pk": "p", "sk": text}, ("sk",))
    assert cursor.isascii()
    assert read(cursor, {"pk": "p"}, ("sk",)) == {"pk": "p", "sk": text}
