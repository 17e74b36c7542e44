"""Events of Windows' logs, from the XML that they are kept in: the same in every language."""

from typing import Any, Final

_NAMESPACE: Final = "{http://schemas.microsoft.com/win/2004/08/events/event}"
_MOST: Final = 50
_DAYS: Final = 7


def query(log: str, ids: str) -> str:
    """Return a PowerShell expression for a log's newest events as XML: a list, or $null where it may not be read."""
    filters = f"@{{LogName='{log}';Id={ids};StartTime=(Get-Date).AddDays(-{_DAYS})}}"
    return (
        f"$(try{{,@(Get-WinEvent -FilterHashtable {filters} -MaxEvents {_MOST} -EA Stop|%{{$_.ToXml()}})}}"
        "catch{if(\"$($_.FullyQualifiedErrorId)\" -like 'NoMatchingEventsFound*'){,@()}else{$null}})"
    )


def parse_event(text: str) -> dict[str, Any] | None:
    """Return `id`, `time` and `data` (EventData by name) of an event; None for what is none."""
    import xml.etree.ElementTree as ET  # noqa: PLC0415  # only where there are events

    try:
        root = ET.fromstring(text)  # noqa: S314  # written by Windows' own event log
    except (ET.ParseError, ValueError):
        return None
    identifier = root.findtext(f"{_NAMESPACE}System/{_NAMESPACE}EventID", "")
    created = root.find(f"{_NAMESPACE}System/{_NAMESPACE}TimeCreated")
    if not identifier.isdecimal():
        return None
    values = (node for node in root.iter(f"{_NAMESPACE}Data"))
    data = {node.get("Name", ""): node.text or "" for node in values}
    return {"id": int(identifier), "time": _time(created), "data": data}


def parse_events(answer: Any) -> list[dict[str, Any]] | None:
    """Return the events of an answer; None where the log could not be read."""
    if answer is None:
        return None
    listed = answer if isinstance(answer, list) else [answer]
    return [event for text in listed if isinstance(text, str) and (event := parse_event(text)) is not None]


def _time(created: Any) -> str | None:
    """Return the time to the second: Windows writes seven digits after the point, which few can read."""
    text = created.get("SystemTime", "") if created is not None else ""
    return f"{text.partition('.')[0].rstrip('Z')}Z" if text else None
