"""`code_integrity`: which programs Windows lets run: Smart App Control, other policies, AppLocker."""

from typing import Any, Final

from diagflow.collect.host.events import parse_events, query
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.powershell import ask, texts
from diagflow.collect.host.trouble import Absent

_POLICY: Final = r"SYSTEM\CurrentControlSet\Control\CI\Policy"
_STATES: Final = {0: "off", 1: "on", 2: "evaluation"}
_HVCI: Final = "2"  # in SecurityServicesRunning
_VBS_RUNNING: Final = "2"
_ASK: Final = (
    "$d=Get-CimInstance -ClassName Win32_DeviceGuard -Namespace root\\Microsoft\\Windows\\DeviceGuard"
    ' -EA SilentlyContinue;@{guard=[bool]$d;vbs="$($d.VirtualizationBasedSecurityStatus)";'
    'services=@($d.SecurityServicesRunning|%{"$_"});'
    f"events={query('Microsoft-Windows-CodeIntegrity/Operational', '3033,3076,3077')};"
    f"applocker={query('Microsoft-Windows-AppLocker/EXE and DLL', '8003,8004')}}}"
)


def probe(look: Look) -> Any:
    """Read the registry, and ask for what is running and what was blocked.

    Raises:
        Absent: not on Windows; neither says anything.
    """
    if not look.machine.windows:
        raise Absent("only on Windows")
    state = _smart_app_control(look.machine)
    try:
        said = ask(look, _ASK)
    except (Absent, TimeoutError):
        if state is None:
            raise
        return {"smart_app_control": state}
    said = said if isinstance(said, dict) else {}
    guard = said.get("guard") is True
    events, applocker = parse_events(said.get("events")), parse_events(said.get("applocker"))
    return {
        "smart_app_control": state,
        "hvci": _HVCI in texts(said.get("services")) if guard else None,
        "vbs": said.get("vbs") == _VBS_RUNNING if guard else None,
        "events": None if events is None else [_event(event) for event in events],
        "applocker": None if applocker is None else [_blocked(event) for event in applocker],
    }


def _smart_app_control(machine: Machine) -> str | None:
    try:
        key = machine.registry.key("HKLM", _POLICY) if machine.registry else None
    except OSError:
        return None
    value = key.value("VerifiedAndReputablePolicyState") if key else None
    return _STATES.get(value.number) if value and value.number is not None else None


def _event(event: dict[str, Any]) -> dict[str, Any]:
    data = event["data"]
    return {
        "id": event["id"],
        "time": event["time"],
        "file": data.get("File Name") or data.get("FileNameBuffer") or None,
        "process": data.get("Process Name") or data.get("ProcessNameBuffer") or None,
        "policy_name": data.get("PolicyName") or None,
        "policy_id": (data.get("PolicyGUID") or data.get("PolicyID") or "").lower() or None,
    }


def _blocked(event: dict[str, Any]) -> dict[str, Any]:
    data = event["data"]
    return {"id": event["id"], "time": event["time"], "file": data.get("FullFilePath") or data.get("FilePath") or None}
