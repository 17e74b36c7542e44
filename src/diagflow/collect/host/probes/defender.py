"""`defender`: what Microsoft Defender does here, and what it did lately."""

from typing import Any, Final

from diagflow.collect.host.events import parse_events, query
from diagflow.collect.host.look import Look
from diagflow.collect.host.powershell import ask, texts
from diagflow.collect.host.trouble import Absent

_EVENTS: Final = query("Microsoft-Windows-Windows Defender/Operational", "1116,1117,1121,1122,1123,1124,5007")
_ASK: Final = (
    "$s=Get-MpComputerStatus -EA SilentlyContinue;$p=Get-MpPreference -EA SilentlyContinue;"
    '@{mode="$($s.AMRunningMode)";real=$s.RealTimeProtectionEnabled;cfa="$($p.EnableControlledFolderAccess)";'
    "excluded=@($p.ExclusionPath);ids=@($p.AttackSurfaceReductionRules_Ids);"
    'actions=@($p.AttackSurfaceReductionRules_Actions|%{"$_"});'
    "antivirus=@(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct -EA SilentlyContinue"
    f"|%{{$_.displayName}});events={_EVENTS}}}"
)
_FOLDERS_ON: Final = ("1", "Enabled")
_FILE: Final = "file:_"


def probe(look: Look) -> Any:
    """Ask once for everything.

    Raises:
        Absent: not on Windows; PowerShell gives no answer; no Defender here.
    """
    if not look.machine.windows:
        raise Absent("only on Windows")
    said = ask(look, _ASK)
    if not isinstance(said, dict) or not any(said.get(key) for key in ("mode", "cfa", "antivirus")):
        raise Absent("Windows says nothing about an antivirus")
    excluded = texts(said.get("excluded"))
    events = parse_events(said.get("events"))
    cfa = said.get("cfa")
    return {
        "mode": said.get("mode") or None,
        "real_time": said.get("real") if isinstance(said.get("real"), bool) else None,
        "controlled_folders": cfa in _FOLDERS_ON if cfa else None,
        "antivirus": texts(said.get("antivirus")),
        # Without rights there is a sentence in place of the list.
        "exclusions": None if any(path.startswith("N/A") for path in excluded) else excluded,
        "asr": [
            {"id": identifier.lower(), "action": action}
            for identifier, action in zip(texts(said.get("ids")), texts(said.get("actions")), strict=False)
        ],
        "events": None if events is None else [_event(event) for event in events],
    }


def _event(event: dict[str, Any]) -> dict[str, Any]:
    data = event["data"]
    return {
        "id": event["id"],
        "time": event["time"],
        "path": data.get("Path", "").partition(";")[0].removeprefix(_FILE) or None,
        "process": data.get("Process Name") or None,
        "threat": data.get("Threat Name") or None,
    }
