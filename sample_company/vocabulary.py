"""What people, ad platforms and the CRM write for each source: the mess that classification has to clear up.

Every hostname of a company is invented (`.example`); referrers of search engines and social networks are the real ones.
"""

from dataclasses import dataclass

SITE = "https://www.northlight.example"
CLICK_PARAMETERS = ("gclid", "li_fat_id", "fbclid", "msclkid")


@dataclass(frozen=True)
class Variant:
    """One way a visit of a source shows itself. `place` says where: utm columns, or only the landing page's address."""

    weight: float
    utm_source: str = ""
    utm_medium: str = ""
    referrer: str = ""
    click_id: str = ""
    place: str = "columns"
    """columns: UTM in columns; url: UTM only in the address; click_column, click_url: a click id without any UTM."""


VARIANTS: dict[str, tuple[Variant, ...]] = {
    "organic_search": (
        Variant(0.55, referrer="https://www.google.com/"),
        Variant(0.14, referrer="https://www.google.de/"),
        Variant(0.11, referrer="https://www.bing.com/search?q=lead+warehouse"),
        Variant(0.08, referrer="https://duckduckgo.com/"),
        Variant(0.12, "google", "organic", "https://www.google.com/"),
    ),
    "content_download": (
        Variant(0.5, "whitepaper", "content"),
        Variant(0.3, "ebook", "content-download"),
        Variant(0.2, "Whitepaper", "download", place="url"),
    ),
    "organic_social": (
        Variant(0.4, referrer="https://www.linkedin.com/"),
        Variant(0.2, "linkedin", "social", "https://www.linkedin.com/"),
        Variant(0.15, "facebook", "social"),
        Variant(0.15, "twitter", "Social", "https://t.co/x1"),
        Variant(0.1, referrer="https://www.youtube.com/"),
    ),
    "direct": (Variant(0.85), Variant(0.15, referrer=f"{SITE}/pricing")),
    "email_marketing": (
        Variant(0.45, "newsletter", "email"),
        Variant(0.25, "hs_email", "email"),
        Variant(0.15, "mailchimp", "e-mail"),
        Variant(0.15, "Newsletter", "Email", place="url"),
    ),
    "website_referral": (
        Variant(0.5, referrer="https://reviews.saasradar.example/best-tools"),
        Variant(0.3, referrer="https://blog.growthnotes.example/martech-stack"),
        Variant(0.2, "saasradar", "referral", "https://reviews.saasradar.example/"),
    ),
    "ai_assistant": (
        Variant(0.5, referrer="https://chatgpt.com/"),
        Variant(0.25, "chatgpt.com", "", "https://chatgpt.com/"),
        Variant(0.25, referrer="https://www.perplexity.ai/"),
    ),
    "podcast": (Variant(0.7, "podcast", "podcast"), Variant(0.3, "podcast", "audio", place="url")),
    "google_ads_search": (
        Variant(0.36, "google", "cpc", "https://www.google.com/", "gclid"),
        Variant(0.16, "Google", "CPC", "https://www.google.com/", "gclid"),
        Variant(0.12, "adwords", "ppc", "https://www.google.com/"),
        Variant(0.08, "GOOGLE", "paid", "https://www.google.com/"),
        Variant(0.12, "google", "cpc", "https://www.google.com/", "gclid", "url"),
        Variant(0.08, "", "", "https://www.google.com/", "gclid", "click_column"),
        Variant(0.08, "", "", "https://www.google.com/", "gclid", "click_url"),
    ),
    "google_ads_display": (
        Variant(0.6, "google", "display", "", "gclid"),
        Variant(0.25, "Google", "banner"),
        Variant(0.15, "google", "Display", "", "gclid", "url"),
    ),
    "linkedin_ads": (
        Variant(0.3, "linkedin", "cpc", "https://www.linkedin.com/", "li_fat_id"),
        Variant(0.2, "LinkedIn", "paid-social", "https://www.linkedin.com/", "li_fat_id"),
        Variant(0.14, "linked-in", "paid", "https://www.linkedin.com/"),
        Variant(0.14, "LinkedIn Ads", "paid_social", "https://www.linkedin.com/"),
        Variant(0.12, "linkedin", "ppc", "", "li_fat_id", "url"),
        Variant(0.1, "", "", "https://www.linkedin.com/", "li_fat_id", "click_url"),
    ),
    "meta_ads": (
        Variant(0.3, "facebook", "paid-social", "https://www.facebook.com/", "fbclid"),
        Variant(0.18, "fb", "cpc", "https://m.facebook.com/", "fbclid"),
        Variant(0.16, "Facebook", "paid", "https://www.facebook.com/"),
        Variant(0.16, "ig", "paid_social", "https://www.instagram.com/"),
        Variant(0.16, "meta", "paid-social", "", "fbclid", "url"),
        Variant(0.04, "", "", "https://www.facebook.com/", "fbclid", "click_column"),
    ),
    "paid_search": (
        Variant(0.7, "bing", "cpc", "https://www.bing.com/", "msclkid"),
        Variant(0.3, "", "", "https://www.bing.com/", "msclkid", "click_url"),
    ),
    "retargeting": (Variant(0.7, "google", "retargeting", "", "gclid"), Variant(0.3, "adroll", "remarketing")),
}
"""Source -> how its visits look. Sources that are missing here have no visits."""

TYPING_ERRORS = ("tst", "partnr-xy", "qr_code_old", "undefined")
"""UTM sources that mean nothing, for the audit of unmapped sources."""

CAMPAIGNS: dict[str, tuple[str, ...]] = {
    "content_download": ("lead_source_guide", "attribution_playbook"),
    "email_marketing": ("monthly_newsletter", "product_news", "nurture_series"),
    "organic_social": ("founder_posts",),
    "podcast": ("data_talks",),
    "google_ads_search": ("search_brand", "search_generic", "search_competitor"),
    "google_ads_display": ("display_prospecting", "display_gdn_topics"),
    "linkedin_ads": ("li_decision_makers", "li_lead_gen"),
    "meta_ads": ("meta_lookalike", "meta_broad"),
    "paid_search": ("bing_generic",),
    "retargeting": ("retargeting_all_visitors",),
    "cold_call": ("outbound_list_manufacturing", "outbound_list_logistics"),
    "cold_email": ("sequence_cfo", "sequence_marketing"),
    "sdr_prospecting": ("target_accounts",),
    "customer_referral": ("refer_a_friend",),
    "partner_referral": ("partner_program",),
    "webinar": ("webinar_attribution_basics", "webinar_clean_crm", "webinar_budget_season"),
    "conference": ("martech_days", "saas_forum"),
    "product_demo": ("demo_request",),
}
"""Source -> its campaigns, the same words in sessions, activities, the CRM and ad spend."""

ORPHAN_CAMPAIGN = ("linkedin_ads", "li_thought_leadership")
"""A campaign that costs money and brings no visit: its spend must show all the same."""

AD_PLATFORMS: dict[str, tuple[str, str, str]] = {
    "google_ads_search": ("google_ads", "google", "cpc"),
    "google_ads_display": ("google_ads", "google", "display"),
    "retargeting": ("google_ads", "google", "retargeting"),
    "linkedin_ads": ("linkedin_ads", "linkedin", "paid-social"),
    "meta_ads": ("meta_ads", "facebook", "paid-social"),
    "paid_search": ("microsoft_ads", "bing", "cpc"),
}
"""Source -> platform, utm_source and utm_medium of its ads."""

CRM_WORDS: dict[str, tuple[str, ...]] = {
    "organic_search": ("Web - Organic", "Organic Search", "SEO"),
    "content_download": ("Content Download", "Whitepaper", "eBook"),
    "organic_social": ("Organic Social", "Social"),
    "direct": ("Direct", "Direct Traffic"),
    "email_marketing": ("Email Marketing", "Newsletter"),
    "website_referral": ("Website Referral",),
    "ai_assistant": ("ChatGPT", "AI Assistant"),
    "podcast": ("Podcast",),
    "google_ads_search": ("Google Ads", "Google AdWords", "google_ads_search"),
    "google_ads_display": ("Google Display", "Google Ads Display"),
    "linkedin_ads": ("LinkedIn Ads", "Linkedin ads", "LinkedIn - Paid"),
    "meta_ads": ("Facebook Ads", "Meta Ads", "Instagram Ads"),
    "paid_search": ("Paid Search",),
    "cold_call": ("Cold Call", "cold call"),
    "cold_email": ("Cold Email", "Cold E-Mail"),
    "sdr_prospecting": ("SDR Prospecting", "SDR"),
    "customer_referral": ("Referral - Customer", "Customer Referral"),
    "partner_referral": ("Referral - Partner", "Partner Referral"),
    "webinar": ("Webinar", "webinar"),
    "conference": ("Trade Show", "Conference"),
    "product_demo": ("Product Demo", "Demo Request"),
    "other": ("Other", "other", "see notes", "old list", "misc."),
    "unknown": ("",),
}
"""Source -> what salespeople and forms put into the CRM's source field."""

FORMS = (
    ("Contact us", 0.26, 0.16),
    ("contact-form", 0.1, 0.06),
    ("Demo Request", 0.24, 0.08),
    ("Book a call", 0.14, 0.06),
    ("Cart - starter plan", 0.06, 0.04),
    ("Download: buyer guide", 0.08, 0.2),
    ("Newsletter", 0.05, 0.22),
    ("newsletter (footer)", 0.02, 0.12),
    ("Popup 3", 0.05, 0.06),
)
"""Form, its share of the leads that sales will want, its share of the others."""
DOWNLOAD_FORMS = ("Whitepaper download", "eBook", "Download: buyer guide")

FIRST_NAMES = (
    "anna", "ben", "clara", "david", "elena", "felix", "greta", "hugo", "ines", "jonas", "karla", "leon", "maria",
    "nils", "olga", "paul", "rosa", "simon", "tara", "victor",
)  # fmt: skip
LAST_NAMES = (
    "arend", "brook", "castell", "dorn", "engel", "falk", "grant", "holm", "ivers", "jansen", "keller", "lund",
    "moreau", "novak", "ortiz", "petersen", "quint", "rossi", "stern", "toth", "urban", "vidal", "weiss", "zander",
)  # fmt: skip
COMPANY_WORDS = (
    "alder", "birch", "cedar", "delta", "ember", "fjord", "glade", "harbor", "iris", "juniper", "kestrel", "lumen",
    "maple", "nimbus", "onyx", "pine", "quarry", "river", "summit", "tundra", "umber", "vale", "willow", "zephyr",
)  # fmt: skip
COUNTRIES = (("DE", 0.36), ("FR", 0.2), ("US", 0.16), ("GB", 0.12), ("NL", 0.09), ("ES", 0.07))
INDUSTRIES = ("software", "manufacturing", "logistics", "financial services", "healthcare", "retail", "education")
JOB_TITLES = (
    "CEO", "Head of Marketing", "Marketing Manager", "VP Sales", "Sales Operations Manager", "CFO", "Data Analyst",
    "Student", "Consultant",
)  # fmt: skip
OWNERS = ("m.albers", "j.costa", "s.demir", "l.fontaine", "k.okafor", "r.silva")
