"""PATH as a list, and what Windows makes of the registry's."""

import ntpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.collect.host.pathlist import expand, folder, merge_path, same, split_path, unexpanded


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ("", []),
        ("C:\\a;C:\\b", ["C:\\a", "C:\\b"]),
        ("C:\\a;;C:\\b;", ["C:\\a", "", "C:\\b", ""]),
        ('"C:\\a;b";C:\\c', ['"C:\\a;b"', "C:\\c"]),
        ('"C:\\open;C:\\c', ['"C:\\open;C:\\c']),
    ],
)
def test_entries_on_windows(value, entries):
    assert split_path(value, windows=True) == entries


def test_entries_elsewhere():
    assert split_path("/a::/b;c:", windows=False) == ["/a", "", "/b;c", ""]


@given(st.text(alphabet='ab;"%', max_size=30))
def test_splitting_loses_nothing(value):
    assert ";".join(split_path(value, windows=True)) == value


VARIABLES = {"USERPROFILE": "C:\\Users\\li", "A": "%B%", "B": "b"}


@pytest.mark.parametrize(
    ("value", "expanded"),
    [
        ("%USERPROFILE%\\go\\bin", "C:\\Users\\li\\go\\bin"),
        ("%userprofile%;%Unknown%;100%", "C:\\Users\\li;%Unknown%;100%"),
        ("%A%", "%B%"),
        ("%%B%%", "%b%"),
        ("a%", "a%"),
    ],
)
def test_expansion(value, expanded):
    assert expand(value, VARIABLES) == expanded


@given(st.text(alphabet="ABx%\\ ", max_size=20))
def test_expansion_is_that_of_python_where_python_has_no_extras(value):
    """`ntpath.expandvars` knows `$x`, quotes and `%%` besides; the rest is Windows' rule."""
    if "%%" in value:
        return
    with pytest.MonkeyPatch.context() as patch:
        for name, text in VARIABLES.items():
            patch.setenv(name, text)
        theirs = ntpath.expandvars(value)
    assert expand(value, VARIABLES) == theirs or value.count("%") > 2


def test_what_is_still_to_expand():
    assert unexpanded("%USERPROFILE%\\go\\bin")
    assert not unexpanded("C:\\100% sure")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("C:\\Go\\bin", "c:/go/BIN\\", True),
        (' "C:\\Go\\bin" ', "C:\\Go\\bin", True),
        ("C:\\Go", "C:\\Go2", False),
    ],
)
def test_two_spellings_of_a_folder(one, other, equal):
    assert (same(one, windows=True) == same(other, windows=True)) is equal


def test_the_root_stays():
    assert same("/", windows=False) == "/"
    assert folder(" /a ", windows=False) == " /a "


@pytest.mark.parametrize(
    ("machine", "user", "merged"),
    [("a;b", "c", "a;b;c"), ("a;b;", ";c;", "a;b;c"), ("", "c", "c"), ("a", "", "a"), (";", "", "")],
)
def test_a_new_logon_has_the_machines_first(machine, user, merged):
    assert merge_path(machine, user) == merged
