"""A company of any size for the benchmark: what the gate would have written to raw, by SQL alone, the same every time.

History is 18 months of one process; the night that follows is its next slice of time, with visits that come late,
leads that are corrected or deleted, and people who turn out to be one. Everything about visitor number `v` follows
from `v`, so each file is made by itself, in bounded memory. What the numbers mean is not modelled: see
sample_company for a company whose truth is known.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest.contract import load_contracts
from orchestration.ingest.load_log import LOAD_LEDGER, EntityPaths, raw_columns, write_column_files, write_row
from orchestration.ingest.validation import literal, name
from sample_company.vocabulary import CRM_WORDS, SITE, TYPING_ERRORS, VARIANTS, Variant

START, END = datetime(2024, 1, 1), datetime(2025, 7, 1)
# The newest visit of a visitor comes at most so long after the first.
LONGEST = timedelta(days=150)
LATE_DAYS, LATE_SHARE = 30, 0.05
# Visits per visitor within the history, as the distribution below gives them.
VISITS_PER_VISITOR = 3.3
MEMORY_LIMIT = "2GB"

CONTRACTS = {contract.entity: contract for contract in load_contracts()}
SHARES = {
    "direct": 18, "organic_search": 20, "google_ads_search": 14, "linkedin_ads": 7, "meta_ads": 7, "email_marketing": 8,
    "website_referral": 4, "organic_social": 4, "google_ads_display": 3, "content_download": 2, "paid_search": 2,
    "retargeting": 3, "ai_assistant": 1, "podcast": 1, "webinar": 1, "affiliate": 1, "partner_referral": 1,
    "sponsored_content": 1, "cold_email": 1, "typing_error": 1,
}  # fmt: skip
"""Source -> its share of visits, percent."""
MORE_VARIANTS = {
    "webinar": (Variant(1, "webinar", "event"),),
    "affiliate": (Variant(1, "awin", "affiliate"),),
    "partner_referral": (Variant(1, "partner", "referral"),),
    "sponsored_content": (Variant(1, "taboola", "native"),),
    "cold_email": (Variant(1, "lemlist", "email"),),
    "typing_error": tuple(Variant(1 / len(TYPING_ERRORS), word) for word in TYPING_ERRORS),
}


@dataclass(frozen=True)
class Size:
    """Visits of the history, and of the night after it."""

    touches: int
    night: int

    @property
    def per_visitor(self) -> timedelta:
        """The time from one new visitor to the next."""
        return (END - START) * VISITS_PER_VISITOR / self.touches

    @property
    def night_end(self) -> datetime:
        """The end of the slice of time that holds the visits of the night."""
        return END + (END - START) * (self.night * (1 - LATE_SHARE) / self.touches)

    @property
    def late_rate(self) -> float:
        """The share of the last days' visits that arrive with the night."""
        return LATE_SHARE * self.night / (self.touches * (timedelta(days=LATE_DAYS) / (END - START)))


@dataclass(frozen=True)
class Slice:
    """A load: what happened from `since` until `until`, landed at `until`. `night`: with the exceptions of a night."""

    since: datetime
    until: datetime
    night: bool = False


def write_company(home: Path, size: Size) -> None:
    """`home/raw` as after the history was loaded, and the files that the night brings in `home/night`."""
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(home / "spill")}) as connection:
        for head, body in MACROS.items():
            connection.execute(f"create macro {head} as ({body})")
        for table in (_variants(), _visitors(size), _leads(size)):
            connection.execute(table)
        lake, night = Settings(home), Settings(home / "night")
        for contract in CONTRACTS.values():
            paths = EntityPaths(lake, contract.feed, contract.entity)
            paths.aside.mkdir(parents=True, exist_ok=True)
            write_column_files(connection, paths, contract)
        for month in _months():
            _land(connection, lake, "web_sessions", _sessions(size, month), month)
        history = Slice(START, END)
        for entity, query in _crm(history).items():
            _land(connection, lake, entity, query, history)
        tonight = Slice(END, size.night_end, night=True)
        for entity, query in {"web_sessions": _sessions(size, tonight), **_crm(tonight)}.items():
            _land(connection, night, entity, query, tonight)


def add_night(home: Path) -> None:
    """Let the night's files appear in raw."""
    shutil.copytree(home / "night" / "raw", home / "raw", copy_function=os.link, dirs_exist_ok=True)


def remove_night(home: Path) -> None:
    """Take them away again, as before the night."""
    for path in (home / "night" / "raw").rglob("*.parquet"):
        (home / path.relative_to(home / "night")).unlink(missing_ok=True)


def _months() -> Iterator[Slice]:
    since = START
    while since < END:
        until = (since + timedelta(days=31)).replace(day=1)
        yield Slice(since, until)
        since = until


def _land(connection: duckdb.DuckDBPyConnection, settings: Settings, entity: str, query: str, landed: Slice) -> None:
    """One file of an entity with its ledger entry, as the gate writes them."""
    contract = CONTRACTS[entity]
    paths = EntityPaths(settings, contract.feed, entity)
    file = f"{contract.feed}/{entity}/{landed.since:%Y-%m-%d}.parquet"
    checksum = hashlib.sha256(file.encode()).hexdigest()
    known = connection.sql(query).columns
    stamp = {
        "_file": literal(file),
        "_checksum": literal(checksum),
        "_landed_at": f"timestamp '{landed.until}'",
        "_loaded_at": f"timestamp '{landed.until}'",
    }
    chosen = ", ".join(
        f"cast({name(column) if column in known else stamp.get(column, 'null')} as {sql_type}) as {name(column)}"
        for column, sql_type in raw_columns(contract).items()
    )
    path, entry = paths.raw_file(checksum), paths.ledger_entry(checksum)
    for folder in (path.parent, entry.parent):
        folder.mkdir(parents=True, exist_ok=True)
    copy = f"copy (select {chosen} from ({query})) to {literal(str(path))} (format parquet)"
    rows = connection.execute(copy).fetchall()[0][0]
    row = [contract.feed, entity, file, checksum, rows, rows, 0, None, [], landed.until, landed.until]
    write_row(connection, LOAD_LEDGER, row, entry)


MACROS = {
    # A number in [0, 1) that looks random.
    "chance(key, salt)": "(hash(key::bigint * 64 + salt) >> 11) / 9007199254740992.0",
    "choice(texts, key, salt)": "texts[1 + floor(chance(key, salt) * len(texts))::bigint]",
    # Every 29th visitor is a device of a lead; leads have 1 to 3, eight leads twelve together.
    "lead_of(v)": "case when v % 29 = 0 then v // 29 // 12 * 8 "
    "+ [0, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 7][v // 29 % 12 + 1] end",
    "first_visitor(l)": "(l // 8 * 12 + [0, 1, 2, 3, 4, 5, 7, 9][l % 8 + 1]) * 29",
    "lead_id(l)": "'lead-' || l",
    "account_id(l)": "'account-' || l // 2",
    "email(l)": "'person' || l || case when chance(l, 7) < 0.25 then '@gmail.com' "
    "else '@company' || l // 2 || '.example' end",
}


def _visitors(size: Size) -> str:
    """Table of the visitors up to the end of the night: most come once, a few very often, leads a few times more."""
    count = (size.night_end - START) // size.per_visitor + 1
    gap = (END - START).total_seconds() * 1e6 * VISITS_PER_VISITOR / size.touches
    return f"""
        create table visitors as
        select
            v,
            timestamp '{START}' + to_microseconds((v * {gap})::bigint)
                + to_seconds(case when v = first_visitor(l) or l is null then 0
                else (86400 * 30 * chance(v, 1))::bigint end) as first_at,
            least(200, floor(power(1 - chance(v, 2), -1 / 1.3))::bigint)
                + case when l is null then 0 else 2 + floor(4 * chance(v, 3))::bigint end as visits,
            86400 * (1 + 118 * power(chance(v, 4), 2)) as stays_seconds,
            l
        from (select v, lead_of(v) as l from range({count}) as numbers (v))"""


def _variants() -> str:
    """Table of the ways a visit shows its source, one row per mille of the visits."""
    rows, reached = [], 0.0
    for source, share in SHARES.items():
        for variant in (VARIANTS | MORE_VARIANTS)[source]:
            since, reached = reached, reached + share * 10 * variant.weight
            texts = (source, variant.utm_source, variant.utm_medium, variant.referrer, variant.click_id, variant.place)
            values = ", ".join(literal(text) for text in texts)
            rows += [f"({place}, {values})" for place in range(round(since), round(reached))]
    columns = "place_of_mille, source, utm_source, utm_medium, referrer_url, click_id, place"
    return f"create table variants as select * from (values {', '.join(rows)}) as variants ({columns})"


def _sessions(size: Size, part: Slice) -> str:
    """Visits in the order of time, rendered after the sort: URLs are long."""
    window = _within("started_at", part.since, part.until)
    late = _within("started_at", END - timedelta(days=LATE_DAYS), END)
    wanted = f"{window} and not ({late} and chance(v * 256 + j, 10) < {size.late_rate})"
    since, merges = part.since - LONGEST, ""
    if part.night:
        wanted = f"({window}) or ({late} and chance(v * 256 + j, 10) < {size.late_rate})"
        since -= timedelta(days=LATE_DAYS)
        # Known people who sign in as somebody else known: they turn out to be one person.
        merges = f"""
            union all
            select v, first_at, 255, timestamp '{part.since}' + to_seconds(l % 3600), l + 5
            from ({_some_leads(11, 20)})"""
    known = f"first_at < timestamp '{part.until}' and first_at >= timestamp '{since}'"
    utm = "case when place = 'columns' then nullif({0}, '') end as {0}"
    return f"""
        select
            anonymous_id || '-' || j as session_id,
            started_at,
            anonymous_id,
            case when l is not null and (j = 255 or chance(v * 256 + j, 12) < 0.7) then 'user-' || l end as user_id,
            case when l is not null and chance(v * 256 + j, 13) < 0.4 then email(l) end as email,
            {literal(SITE)} || '/solutions/' || choice(['manufacturing', 'logistics', 'retail', 'healthcare'], v, 14)
                || '/page-' || floor(500 * chance(v * 256 + j, 15))::int || '?ref=' || v % 97
                || case when utm_source = '' then '' else '&utm_source=' || url_encode(utm_source) end
                || case when utm_medium = '' then '' else '&utm_medium=' || utm_medium end
                || coalesce('&utm_campaign=' || campaign || '&utm_content=ad_' || v % 12, '')
                || case when click_id = '' then ''
                else '&' || click_id || '=' || md5((v * 256 + j)::varchar) || 'EAIaIQobCh' end as landing_page_url,
            nullif(referrer_url, '') as referrer_url,
            {utm.format("utm_source")},
            {utm.format("utm_medium")},
            case when place = 'columns' then campaign end as utm_campaign,
            case when place = 'columns' and campaign is not null then 'ad_' || v % 12 end as utm_content,
            case when place in ('columns', 'click_column') then nullif(click_id, '') end as click_id_type,
            choice(['DE', 'FR', 'US', 'GB', 'NL', 'ES'], v, 16) as country
        from (
            select
                *,
                lpad(lower(to_hex(hash(v::bigint))), 16, '0') || '.' || epoch(first_at)::bigint as anonymous_id,
                case when utm_source != '' then source || '_'
                    || floor(120 * power(chance(v * 256 + j, 17), 2))::int end as campaign
            from (
                select *, floor(1000 * chance(v * 256 + j, 18))::bigint as place_of_mille
                from (
                    select v, first_at, j, started_at, case when started_at >= lead_at then visits.l end as l
                    from (
                        select
                            *,
                            first_at + to_microseconds(case when j = 0 then 0 else
                                (1e6 * stays_seconds * (j + chance(v * 256 + j, 5)) / visits)::bigint end) as started_at
                        from (select *, unnest(range(visits)) as j from visitors where {known})
                    ) as visits
                    left join (select l, lead_at from leads) as leads on visits.l = leads.l
                    where {wanted}
                    {merges}
                )
                order by started_at
            )
            inner join variants using (place_of_mille)
        )"""


def _some_leads(salt: int, count: int) -> str:
    """So many leads that came in the last two months of the history."""
    since = END - timedelta(days=60)
    return f"select * from leads where {_within('lead_at', since, END)} order by chance(l, {salt}), l limit {count}"


def _within(moment: str, since: datetime, until: datetime) -> str:
    return f"{moment} >= timestamp '{since}' and {moment} < timestamp '{until}'"


def _crm(part: Slice) -> dict[str, str]:
    """Entity -> the records that the CRM wrote in the slice."""

    def during(moment: str, share: float = 1, salt: int = 20) -> str:
        return f"from leads where {_within(moment, part.since, part.until)} and chance(l, {salt}) < {share}"

    deal = "'deal-' || l as opportunity_id, account_id(l) as account_id, lead_id(l) as lead_id"
    amount = "500 + 100 * floor(400 * power(chance(l, 21), 3)) as amount, 'EUR' as currency"
    opportunity = f"{deal}, deal_at as created_at, {amount}"
    mql_at, sql_at = (f"lead_at + to_seconds((86400 * {days} * chance(l, {days}))::bigint)" for days in (10, 25))
    return {
        "leads": f"{_lead('lead_at')} {during('lead_at')}" + (_corrected_leads(part) if part.night else ""),
        "lead_stages": " union all ".join(
            f"select lead_id(l) as lead_id, '{stage}' as stage, {at} as entered_at {during(at, share, salt)}"
            for stage, at, share, salt in (("mql", mql_at, 0.45, 22), ("sql", sql_at, 0.25, 23))
        ),
        "opportunities": f"""
            select {opportunity}, deal_at as updated_at, false as is_won, null::timestamp as closed_at
            {during("deal_at", 0.15)}
            union all
            select {opportunity}, closed_at as updated_at, chance(l, 24) < 0.35 as is_won, closed_at
            {during("closed_at", 0.15)}""",
        "opportunity_contacts": f"""
            select opportunity_id, lead_id(contact) as lead_id, contact = l as is_primary
            from (
                select l, 'deal-' || l as opportunity_id, unnest([l, xor(l, 1)]) as contact {during("deal_at", 0.09)}
            )""",
        "revenue": f"""
            select 'payment-' || l as revenue_id, closed_at::date as date, account_id(l) as account_id, {amount},
                'recurring' as kind
            {during("closed_at", 0.15)} and chance(l, 24) < 0.35""",
        "accounts": f"""
            select account_id(l) as account_id, lead_at as updated_at, 'Company ' || l // 2 as name,
                'company' || l // 2 || '.example' as domain, 'retail' as industry, 50 + l % 900 as employees
            {during("lead_at")} and l % 2 = 0""",
    }


def _lead(updated_at: str, email: str = "email(l)", source_salt: int = 25, is_deleted: str = "false") -> str:
    words = [word for words in CRM_WORDS.values() for word in words]
    sources = ", ".join(literal(word) for word in [*words, *[""] * len(words)])
    return f"""
        select lead_id(l) as lead_id, lead_at as created_at, {updated_at} as updated_at, {email} as email,
            case when chance(l, 26) < 0.6 then account_id(l) end as account_id,
            nullif(choice([{sources}], l, {source_salt}), '') as source,
            choice(['form', 'manual', 'import', 'phone'], l, 27) as entry_method, 'DE' as country, {is_deleted}
            as is_deleted"""


def _corrected_leads(part: Slice) -> str:
    """Other e-mail addresses and other sources for some known leads; others are deleted."""
    tonight = f"timestamp '{part.since}' + to_seconds(l % 3600)"
    return f"""
        union all
        {_lead(tonight, email="'corrected-' || email(l)", source_salt=28)} from ({_some_leads(29, 60)})
        union all
        {_lead(tonight, is_deleted="true")} from ({_some_leads(30, 10)})"""


def _leads(size: Size) -> str:
    """Table of the leads up to the end of the night, with what becomes of them."""
    return f"""
        create table leads as
        select *, deal_at + to_seconds((86400 * (10 + 60 * chance(l, 9)))::bigint) as closed_at
        from (
            select *, lead_at + to_seconds((86400 * (5 + 30 * chance(l, 8)))::bigint) as deal_at
            from (
                select
                    l, v, first_at,
                    first_at + to_seconds((stays_seconds * (0.3 + 0.4 * chance(l, 6)))::bigint) as lead_at
                from visitors
                where v = first_visitor(l)
            )
        )
        where lead_at < timestamp '{size.night_end}'"""
