"""Where is mended what a check found, and with which value? The form's field, WeChat's console, or the site's code."""

from dataclasses import dataclass
from enum import StrEnum

from django_wechat.setup.check.findings import Finding


class Where(StrEnum):
    """The two consoles of WeChat's."""

    OPEN = "OPEN_BASE_URL"
    MP = "MP_BASE_URL"


@dataclass(frozen=True)
class Place:
    """`field` is the form's, `console` one of WeChat's; `value` is what to paste: one of the finding's, or as it is."""

    field: str = ""
    console: Where | None = None
    value: str = ""
    literal: str = ""


_PAIRS = {
    "appid_{n}_unknown": "client_id",
    "secret_{n}_wrong": "client_secret",
    "secret_{n}_frozen": "client_secret",
    "keypair_{n}_refused": "client_id",
    "appid_{n}_shape": "client_id",
    "secret_{n}_shape": "client_secret",
    "appid_{n}_not_account": "client_id",
    "appid_{n}_is_account": "client_id",
}

_PLACES: dict[str, Place] = {
    **{code.replace("{n}", "1"): Place(column) for code, column in _PAIRS.items()},
    **{code.replace("{n}", "2"): Place(f"{column}_2", Where.MP) for code, column in _PAIRS.items()},
    "secrets_same": Place("client_secret_2"),
    "keypairs_swapped": Place("client_id"),
    "no_pc_sign_in": Place("client_id", Where.OPEN),
    "domain_mismatch": Place(console=Where.OPEN, value="host"),
    "domain_in_wechat": Place(console=Where.MP, value="host"),
    "ip_not_allowed": Place(console=Where.MP, value="ip"),
    "ip_not_confirmed": Place(console=Where.MP),
    "qr_not_authorized": Place("enable_qr_code", Where.MP),
    "not_service_account": Place("client_id_2", Where.MP),
    "push_never_verified": Place("access_token", Where.MP, "url"),
    "push_none_yet": Place(console=Where.MP),
    "push_token": Place("access_token", Where.MP),
    "push_strangers": Place("access_token", Where.MP),
    "push_plain": Place("encoding_aes_key", Where.MP),
    "push_safe": Place("encoding_aes_key", Where.MP),
    "push_aes_key": Place("encoding_aes_key", Where.MP),
    "push_elsewhere": Place(console=Where.MP, value="url"),
    "push_elsewhere_unnamed": Place(console=Where.MP, value="url"),
    "program_page_missing": Place("mini_program_page", Where.MP),
    "program_version_refused": Place("mini_program_version", Where.MP),
    "program_code_not_authorized": Place("client_id", Where.MP),
    "program_code_refused": Place("enable_qr_code", Where.MP),
    "program_link_unreleased": Place(console=Where.MP),
    "program_link_not_authorized": Place(console=Where.MP),
    "program_link_refused": Place(console=Where.MP),
    "any_entry": Place("strict_entry"),
    "for_members_only": Place("mini_program_version"),
    "token_shape": Place("access_token", Where.MP),
    "aes_key_shape": Place("encoding_aes_key", Where.MP),
    "no_keypair": Place("client_id"),
    "disabled": Place("enabled"),
    "second_keypair_wins": Place("sub_type"),
    "scan_alone": Place("confirm_on_phone"),
    "callback_not_usable": Place("hosts"),
    "callback_not_known": Place("hosts"),
    "host_not_served": Place("hosts", value="host"),
    "host_misspelt": Place(value="host"),
    "root_urls_missing": Place(literal='path("", include("django_wechat.root_urls"))'),
    "unionid_not_known": Place(console=Where.OPEN),
    "unionid_missing": Place(console=Where.OPEN),
    "unionid_differs": Place(console=Where.OPEN),
    "unionid_nobody_shared": Place(console=Where.OPEN),
}


def place_of(finding: Finding) -> Place:
    """Return where a finding leads; an empty place for what is mended elsewhere, or is in order."""
    return _PLACES.get(finding.code, Place())


def to_paste(finding: Finding) -> str:
    """Return the value to paste there, or ""."""
    place = place_of(finding)
    return place.literal or str(finding.values.get(place.value, ""))
