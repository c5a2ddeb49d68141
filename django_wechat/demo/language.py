"""In which language does a terminal speak? As its environment says, if it is one of ours."""

from collections.abc import Mapping


def of_the_system(environment: Mapping[str, str]) -> str:
    """Return "zh-hans", "zh-hant" or "en", by the variables that programs go by, in their order."""
    said = next(filter(None, (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    place = said.partition(".")[0].replace("-", "_").lower()
    if not place.startswith("zh"):
        return "en"
    return "zh-hant" if place.startswith(("zh_tw", "zh_hk", "zh_mo", "zh_hant")) else "zh-hans"
