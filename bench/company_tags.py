"""Tags, referrers and click ids of the sessions of the benchmark's company, by source."""

from orchestration.ingest.validation import literal
from sample_company.vocabulary import TYPING_ERRORS, VARIANTS, Variant

SHARES = {
    "direct": 18, "organic_search": 20, "google_ads_search": 14, "linkedin_ads": 7, "meta_ads": 7, "email_marketing": 8,
    "website_referral": 4, "organic_social": 4, "google_ads_display": 3, "content_download": 2, "paid_search": 2,
    "retargeting": 3, "ai_assistant": 1, "podcast": 1, "webinar": 1, "affiliate": 1, "partner_referral": 1,
    "sponsored_content": 1, "cold_email": 1, "typing_error": 1,
}  # fmt: skip
"""Source -> percent of sessions."""
MORE_VARIANTS = {
    "webinar": (Variant(1, "webinar", "event"),),
    "affiliate": (Variant(1, "awin", "affiliate"),),
    "partner_referral": (Variant(1, "partner", "referral"),),
    "sponsored_content": (Variant(1, "taboola", "native"),),
    "cold_email": (Variant(1, "lemlist", "email"),),
    "typing_error": tuple(Variant(1 / len(TYPING_ERRORS), word) for word in TYPING_ERRORS),
}


def variants() -> str:
    """Table of tags, referrers and click ids of sessions, one row per mille of the sessions."""
    rows, reached = [], 0.0
    for source, share in SHARES.items():
        for variant in (VARIANTS | MORE_VARIANTS)[source]:
            since, reached = reached, reached + share * 10 * variant.weight
            texts = (source, variant.utm_source, variant.utm_medium, variant.referrer, variant.click_id, variant.place)
            values = ", ".join(literal(text) for text in texts)
            rows += [f"({place}, {values})" for place in range(round(since), round(reached))]
    columns = "place_of_mille, source, utm_source, utm_medium, referrer_url, click_id, place"
    return f"create table variants as select * from (values {', '.join(rows)}) as variants ({columns})"
