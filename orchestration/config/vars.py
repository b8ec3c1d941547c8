"""The business vars of `dbt_project.yml`, and what LSW_VARS may make of them.

What a var means is said there, beside it; here only what would silently give wrong numbers is kept out.
"""

import difflib
import itertools
import math
import re
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT_DIR = Path(__file__).resolve().parents[2]
CONTRACTS_DIR = PROJECT_DIR / "orchestration" / "ingest" / "contracts"

# Entries given in LSW_VARS are added to the project's own, or replace the one of the same name.
MERGED = (
    "check_severities",
    "attribution_lookback_days_by_type",
    "attribution_models",
    "portfolio_target_shares",
)
# Models that are computed otherwise than by the weights of roles.
OTHER_MODELS = ("time_decay", "markov", "shapley", "uplift")
ROLES = ("first", "lead_creation", "opportunity_creation", "last", "middle")
CONVERSION_TYPES = ("lead", "mql", "sql", "opportunity", "customer")
CHOICES = {"direct_touch_policy": ("last_resort", "keep"), "attribution_unit": ("account", "person")}
# Modules of orchestration/extract; one named like a vendor brings that vendor's feed.
EXTRACTORS = ("buckets", "hubspot", "salesforce", "sql_crm")
SEVERITIES = ("WARN", "ERROR")
SHARES = (
    "unclear_share_threshold",
    "pipeline_share_threshold",
    "max_rejected_share",
    "max_sla_missed_share",
    "gross_margin_rate",
    "renewal_prior_rate",
    "portfolio_core_min_lead_share",
    "portfolio_balance_tolerance",
    "cohort_min_maturity",
    "comparison_band",
    "warm_from_probability",
    "hot_from_probability",
)
# What is divided by, or counted up to.
POSITIVE = (
    "time_decay_half_life_days",
    "ltv_horizon_months",
    "score_half_life_days",
    "recycle_after_days",
    "recommendation_window_quarters",
    "feed_volume_days",
    "feed_volume_weeks",
    "feed_freshness_loads",
    "feed_freshness_max_staleness",
    "prediction_training_days",
    "prediction_validation_days",
    "prediction_min_leads",
)


class SettingsError(ValueError):
    """An environment variable that cannot be used; the message says which and what to write instead."""


@cache
def project_vars() -> dict[str, Any]:
    """The vars as the project sets them."""
    return yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["vars"]


def checked_vars(given: dict[str, Any]) -> dict[str, Any]:
    """The overrides, merged with the defaults and normalised, as dbt and Python read them. Raises SettingsError."""
    defaults = project_vars()
    for name in given:
        _known(name, defaults, f"LSW_VARS: {name} is no var of dbt_project.yml")
    merged = {name: _merged(name, value, defaults[name]) for name, value in given.items()}
    everything = defaults | merged
    checked = {name: _checked(name, value, everything) for name, value in merged.items()}
    for measure in ("score", "probability"):
        warm, hot = ((defaults | checked)[f"{name}_from_{measure}"] for name in ("warm", "hot"))
        if warm > hot:
            raise SettingsError(
                f"LSW_VARS: warm_from_{measure} is {warm}, above hot_from_{measure}, {hot}; no lead would be warm"
            )
    return checked


def _merged(name: str, value: Any, default: Any) -> Any:
    if name not in MERGED:
        return value
    if not isinstance(value, dict):
        raise _error(name, value, "a mapping, like the one in dbt_project.yml")
    return default | value


def _checked(name: str, value: Any, everything: dict[str, Any]) -> Any:
    default = project_vars()[name]
    if name in CHOICES:
        return _one_of(name, value, CHOICES[name])
    if name in SPECIAL:
        return SPECIAL[name](name, value, everything)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise _error(name, value, "true or false")
        return value
    if isinstance(default, (int, float)):
        return _number(name, value)
    if isinstance(default, list) and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise _error(name, value, "a list of texts")
    return value


def _number(name: str, value: Any) -> int | float:
    upper = 1 if name in SHARES else math.inf
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not usable or not 0 <= value <= upper or (value == 0 and name in POSITIVE):
        least = "more than 0" if name in POSITIVE else "at least 0"
        raise _error(name, value, f"a number, {least}{' and at most 1' if name in SHARES else ''}")
    return value


def _as_of(name: str, value: Any, everything: dict[str, Any]) -> str | None:
    """In UTC without an offset, which SQL would leave out of account."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value.isoformat() if isinstance(value, date) else value)
    except (TypeError, ValueError) as error:
        raise _error(name, value, 'a moment, like "2026-01-31" or "2026-01-31T09:30:00Z"') from error
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.date().isoformat() if moment == datetime(*moment.timetuple()[:3]) else moment.isoformat(sep=" ")


def _timezone(name: str, value: Any, everything: dict[str, Any]) -> str:
    if not isinstance(value, str) or value not in zoneinfo.available_timezones():
        raise _error(name, value, "a time zone, like Europe/Paris", zoneinfo.available_timezones())
    return value


def _currency(name: str, value: Any, everything: dict[str, Any]) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{3}", value.strip()):
        raise _error(name, value, "the three letters of ISO 4217, like EUR")
    return value.strip().upper()


def _default_model(name: str, value: Any, everything: dict[str, Any]) -> str:
    return _one_of(name, value, (*everything["attribution_models"], *OTHER_MODELS))


def _models(name: str, value: dict[str, Any], everything: dict[str, Any]) -> dict[str, Any]:
    for model, weights in value.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(model)) or model in OTHER_MODELS:
            raise _error(name, model, f"model names in lower snake case, none of {', '.join(OTHER_MODELS)}")
        if not isinstance(weights, dict) or not weights:
            raise _error(f"{name}.{model}", weights, f"weights of {', '.join(ROLES)}, like {{first: 1}}")
        for role, weight in weights.items():
            _known(role, ROLES, f"LSW_VARS: {name}.{model}: {role} is no role")
            _number(f"{name}.{model}.{role}", weight)
        if not sum(weights.values()) > 0:
            raise _error(f"{name}.{model}", weights, "at least one weight over 0")
    return value


def _lookbacks(name: str, value: dict[str, Any], everything: dict[str, Any]) -> dict[str, Any]:
    for conversion_type, days in value.items():
        _known(conversion_type, CONVERSION_TYPES, f"LSW_VARS: {name}: {conversion_type} is no conversion type")
        _number(f"{name}.{conversion_type}", days)
    return value


def _severities(name: str, value: dict[str, Any], everything: dict[str, Any]) -> dict[str, Any]:
    for check, severity in value.items():
        _known(check, project_vars()[name], f"LSW_VARS: {name}: {check} is no check")
        _one_of(f"{name}.{check}", severity, SEVERITIES)
    return value


def _fields(name: str, value: Any, everything: dict[str, Any]) -> list[str]:
    if not isinstance(value, list) or not value:
        raise _error(name, value, "a list of at least one field")
    for field in value:
        _known(field, project_vars()[name], f"LSW_VARS: {name}: {field} is no field of a lead")
    return value


def _feeds(name: str, value: Any, everything: dict[str, Any]) -> list[str]:
    vendors = sorted(path.name for path in CONTRACTS_DIR.iterdir() if path.name != "standard")
    if not isinstance(value, list):
        raise _error(name, value, 'a list of feeds, like ["google_ads", "hubspot"]')
    for feed in value:
        _known(feed, vendors, f"LSW_VARS: {name}: {feed} is no vendor's feed")
    return sorted(set(value))


def _extractors(name: str, value: Any, everything: dict[str, Any]) -> list[str]:
    if not isinstance(value, list):
        raise _error(name, value, 'a list of extractors, like ["hubspot"]')
    for extractor in value:
        _known(extractor, EXTRACTORS, f"LSW_VARS: {name}: {extractor} is no extractor")
        if extractor not in ("buckets", *everything["sources_enabled"]):
            raise SettingsError(f"LSW_VARS: {name}: {extractor} lands a feed that sources_enabled does not name")
    return sorted(set(value))


def _hosts(name: str, value: Any, everything: dict[str, Any]) -> list[str]:
    hosts = [str(host).strip().lower().removeprefix("www.") for host in value] if isinstance(value, list) else [""]
    if not all(re.fullmatch(r"([\w-]+\.)+[\w-]+", host) for host in hosts):
        raise _error(name, value, "a list of hosts, like [acme.example]")
    return sorted(set(hosts))


def _schema(name: str, value: Any, everything: dict[str, Any]) -> str | None:
    if value is not None and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", str(value)):
        raise _error(name, value, "a schema's name in lower snake case, or null")
    return value


def _declines(name: str, value: Any, everything: dict[str, Any]) -> list[int | float]:
    if not isinstance(value, list) or not value:
        raise _error(name, value, "a list of at least one number, like [0, 0.1, 0.4]")
    return [_number(name, decline) for decline in value]


def _target_shares(name: str, value: dict[str, Any], everything: dict[str, Any]) -> dict[str, Any]:
    for portfolio_class, share in value.items():
        _known(portfolio_class, project_vars()[name], f"LSW_VARS: {name}: {portfolio_class} is no portfolio class")
        _number(f"{name}.{portfolio_class}", share)
    if not math.isclose(sum(value.values()), 1, abs_tol=1e-9):
        raise _error(name, value, "shares that sum to 1")
    return value


def _ascending(name: str, value: Any, everything: dict[str, Any]) -> list[int | float]:
    numbers = [_number(name, number) for number in value] if isinstance(value, list) else []
    if numbers[:1] != [0] or any(low >= high for low, high in itertools.pairwise(numbers)):
        raise _error(name, value, "a list of numbers that starts with 0 and ascends")
    return numbers


def _routing_outcome(name: str, value: Any, everything: dict[str, Any]) -> str | None:
    return value if value is None else _one_of(name, value, ("sql", "opportunity", "customer"))


def _routing_horizon(name: str, value: Any, everything: dict[str, Any]) -> int:
    if value not in (90, 365):
        raise _error(name, value, "90 or 365")
    return value


def _months(name: str, value: Any, everything: dict[str, Any]) -> int:
    if value not in (1, 2, 3, 4, 6, 12):
        raise _error(name, value, "1, 2, 3, 4, 6 or 12")
    return value


SPECIAL: dict[str, Callable[[str, Any, dict[str, Any]], Any]] = {
    "as_of": _as_of,
    "reporting_timezone": _timezone,
    "reporting_currency": _currency,
    "default_attribution_model": _default_model,
    "attribution_models": _models,
    "attribution_lookback_days_by_type": _lookbacks,
    "check_severities": _severities,
    "decline_candidates": _declines,
    "lead_completeness_fields": _fields,
    "portfolio_target_shares": _target_shares,
    "sources_enabled": _feeds,
    "extractors_enabled": _extractors,
    "postgres_schema": _schema,
    "own_domains": _hosts,
    "ignored_referrers": _hosts,
    "prediction_ages_days": _ascending,
    "prediction_bands": _ascending,
    "prediction_retrain_months": _months,
    "routing_outcome": _routing_outcome,
    "routing_horizon_days": _routing_horizon,
}


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _error(name, value, f"one of {', '.join(allowed)}", allowed)
    return value


def _known(name: Any, known: Iterable[str], complaint: str) -> None:
    if name not in known:
        raise SettingsError(f"{complaint}{_hint(name, known) or '; there are ' + ', '.join(known)}")


def _error(name: str, value: Any, allowed: str, known: Iterable[str] = ()) -> SettingsError:
    return SettingsError(f"LSW_VARS: {name} is {value!r}; it must be {allowed}{_hint(value, known)}")


def _hint(word: Any, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
