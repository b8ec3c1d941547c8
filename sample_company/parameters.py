"""The true parameters of every source. Money is EUR; volumes are for 18 months at scale 1; rates are shares of one.

What a source's people see and write (UTM words, referrers, CRM words) is in `vocabulary.py`.
"""

from dataclasses import dataclass, field

MARGIN = 0.7
LTV_HORIZON_MONTHS = 36
EUR_PER_USD = 0.92
"""One rate for all months: the truth needs an order of magnitude, the warehouse has monthly rates."""
EXPANSION_STEP = 0.10
"""By how much the monthly price rises when a customer expands."""
REFERENCE_MONTHS = 18
AUDIT_WINDOW_DAYS = 90
UNCLEAR_SHARE_BASE = 0.03
"""Unclear leads without the leads typed in by hand: well under the 10% at which tracking counts as broken."""
UNCLEAR_SHARE_WITH_MANUAL = 0.113
"""Unclear leads with them: just over it."""


@dataclass(frozen=True)
class Source:
    """One source. `web` sources bring visitors by sessions, others bring people by activities of `activity_type`."""

    name: str
    category: str
    people: int
    """Visitors of the site, or people met or contacted offline."""
    lead_rate: float
    """Share that becomes a lead after the first touch alone; later touches raise it."""
    mql_rate: float
    sql_rate: float
    opportunity_rate: float
    won_rate: float
    """Share of deals won without any touch during the talks; touches raise it."""
    monthly_price: float
    """Mean price a customer pays each month."""
    churn: float
    """Share of customers that leave each month."""
    expansion: float = 0.015
    """Share of customers that pay EXPANSION_STEP more from one month to the next."""
    monthly_costs: dict[str, float] = field(default_factory=dict)
    """Cost type -> EUR per month."""
    commission: float = 0.0
    """EUR per customer won."""
    ad_budget: float = 0.0
    """EUR per month over all campaigns."""
    click_cost: float = 0.0
    """EUR per click."""
    lift: float = 1.0
    """Factor on the odds of becoming a lead, in part of winning, for each later touch of this source (persuasion.py).

    At least 1: a touch that put people off would win customers by its absence.
    """
    activity_type: str = ""
    lead_lag_days: float = 18.0
    """Mean days from first touch to lead."""
    sales_days: float = 32.0
    """Mean days from opportunity to won or lost."""
    live_from: float = 0.0
    """Share of the simulated time after which the source starts."""
    followup_minutes: float = 90.0
    """Median minutes until sales first answers."""

    @property
    def is_web(self) -> bool:
        """Whether people come by a web session first."""
        return not self.activity_type


SOURCES: tuple[Source, ...] = (
    # Inbound: many visitors, fair rates, costs are people and content.
    Source("organic_search", "inbound", 8600, 0.037, 0.62, 0.60, 0.70, 0.38, 520, 0.018,
           monthly_costs={"content": 6000, "software": 900}, lift=1.5),
    Source("content_download", "inbound", 3000, 0.083, 0.55, 0.50, 0.64, 0.38, 480, 0.022,
           monthly_costs={"content": 3300, "software": 300}, lift=1.6),
    Source("organic_social", "inbound", 2600, 0.035, 0.58, 0.55, 0.66, 0.38, 450, 0.024,
           monthly_costs={"team": 2200}, lift=1.25),
    # Direct is what brand work brings; the agency is its cost. Whoever types the address in has all but decided.
    Source("direct", "inbound", 4300, 0.027, 0.60, 0.60, 0.70, 0.42, 560, 0.016,
           monthly_costs={"agency": 3500}, lift=1.05),
    Source("email_marketing", "inbound", 1900, 0.063, 0.56, 0.56, 0.66, 0.40, 430, 0.022,
           monthly_costs={"software": 900, "content": 1200}, lift=1.9),
    Source("website_referral", "inbound", 800, 0.049, 0.66, 0.62, 0.70, 0.44, 500, 0.020,
           monthly_costs={"agency": 800}, lift=1.6),
    # Started late: the growing source of the portfolio.
    Source("ai_assistant", "inbound", 900, 0.060, 0.70, 0.66, 0.72, 0.46, 540, 0.016,
           monthly_costs={"content": 700}, live_from=0.45, lift=1.5),
    # The newest experiment: leads, hardly a deal yet.
    Source("podcast", "inbound", 450, 0.044, 0.50, 0.50, 0.60, 0.34, 500, 0.020,
           monthly_costs={"content": 1500}, live_from=0.87, lift=1.3),
    # Paid: quick, from good (LinkedIn: expensive clicks, large deals) to hopeless (Meta).
    Source("google_ads_search", "paid", 4300, 0.042, 0.60, 0.58, 0.68, 0.40, 520, 0.023,
           monthly_costs={"agency": 1200}, ad_budget=4800, click_cost=11, lead_lag_days=12, lift=1.4),
    Source("google_ads_display", "paid", 3400, 0.031, 0.48, 0.48, 0.62, 0.38, 380, 0.040,
           monthly_costs={"agency": 500}, ad_budget=1500, click_cost=6, lead_lag_days=22, lift=1.1),
    Source("linkedin_ads", "paid", 2800, 0.045, 0.66, 0.62, 0.70, 0.42, 900, 0.014,
           monthly_costs={"agency": 1500}, ad_budget=5200, click_cost=22, lead_lag_days=16, lift=1.4),
    # The clear stop: costs most per customer, who pay little and leave within a year.
    Source("meta_ads", "paid", 5200, 0.035, 0.46, 0.46, 0.60, 0.30, 260, 0.080,
           expansion=0.0, monthly_costs={"agency": 3600}, ad_budget=7800, click_cost=20, lead_lag_days=14, lift=1.1),
    # Microsoft Ads, which CRMs and click ids only know as paid search.
    Source("paid_search", "paid", 700, 0.055, 0.62, 0.60, 0.70, 0.46, 480, 0.022,
           ad_budget=750, click_cost=8, lead_lag_days=12, lift=1.4),
    # Retargeting finds nobody new: it helps others' visitors back, and costs. First touches alone never see its worth.
    Source("retargeting", "paid", 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02,
           ad_budget=1300, click_cost=4, lift=2.0),
    # Outbound: salespeople's time.
    Source("cold_call", "outbound", 2200, 0.080, 0.60, 0.52, 0.66, 0.38, 650, 0.025,
           monthly_costs={"team": 3800}, activity_type="call", lead_lag_days=6, followup_minutes=1200),
    Source("cold_email", "outbound", 3000, 0.047, 0.52, 0.50, 0.66, 0.38, 520, 0.026,
           monthly_costs={"software": 700, "team": 2000}, activity_type="email", lead_lag_days=9, followup_minutes=400),
    Source("sdr_prospecting", "outbound", 1200, 0.110, 0.68, 0.60, 0.68, 0.42, 850, 0.020,
           monthly_costs={"team": 5200}, activity_type="other", lead_lag_days=12, followup_minutes=900),
    # Partner: few leads, high rates. Customer referral is the clear winner: cheap, likely to buy, loyal.
    Source("customer_referral", "partner", 290, 0.75, 0.82, 0.80, 0.82, 0.52, 640, 0.008,
           expansion=0.025, monthly_costs={"team": 700}, commission=300, activity_type="referral",
           lead_lag_days=2, sales_days=22, followup_minutes=60),
    Source("partner_referral", "partner", 270, 0.69, 0.72, 0.68, 0.74, 0.46, 700, 0.013,
           monthly_costs={"team": 1500}, commission=1200, activity_type="referral", lead_lag_days=3,
           sales_days=26, followup_minutes=120),
    # Events: bursts of people, answered in hours or days.
    Source("webinar", "event", 900, 0.28, 0.56, 0.52, 0.66, 0.38, 540, 0.020,
           monthly_costs={"event": 2500, "software": 400}, activity_type="webinar", lead_lag_days=1.5,
           followup_minutes=1500, lift=2.5),
    Source("conference", "event", 700, 0.33, 0.60, 0.56, 0.66, 0.40, 800, 0.016,
           monthly_costs={"event": 7000}, activity_type="event", lead_lag_days=2, sales_days=42, followup_minutes=2400),
    Source("product_demo", "event", 210, 0.58, 0.86, 0.80, 0.80, 0.44, 640, 0.016,
           monthly_costs={"team": 3800}, activity_type="meeting", lead_lag_days=0.3, sales_days=24,
           followup_minutes=45),
    # No volume of their own: their number is a quota of all leads (people.py). `other` = the CRM says a word that means
    # nothing; `unknown` = typed in by hand, source left empty.
    Source("other", "unclear", 0, 1.0, 0.40, 0.45, 0.60, 0.38, 450, 0.025, followup_minutes=1400),
    Source("unknown", "unclear", 0, 1.0, 0.50, 0.50, 0.62, 0.40, 480, 0.022, followup_minutes=1000),
)  # fmt: skip

CODES: dict[str, int] = {source.name: code for code, source in enumerate(SOURCES)}
"""Source -> its place in SOURCES, which stands for it in arrays."""

LATER_VISITS: dict[str, float] = {
    "direct": 0.27, "organic_search": 0.22, "email_marketing": 0.13, "retargeting": 0.13, "google_ads_search": 0.07,
    "linkedin_ads": 0.06, "organic_social": 0.05, "ai_assistant": 0.03, "website_referral": 0.02, "meta_ads": 0.01,
    "podcast": 0.01,
}  # fmt: skip
"""How people come back: shares of visits after the first, whatever brought them first."""


def expected_ltv(source: Source) -> float:
    """EUR of margin a customer of this source gives over the horizon, in expectation."""
    monthly_factor = (1 - source.churn) * (1 + source.expansion * EXPANSION_STEP)
    months_paid = sum(monthly_factor**month for month in range(LTV_HORIZON_MONTHS))
    return source.monthly_price * MARGIN * months_paid
