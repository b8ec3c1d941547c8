"""A company that sells with Tryton, the CRM and ERP: `TRYTOND_DATABASE_URI=... python -m tests.fakes.tryton <day>`.

Trytond keeps its settings in its process, so every day is a process of its own. Each deal goes the way its users would
send it: by the buttons, sales and all.
"""

import os
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from orchestration.config.settings import PROJECT_DIR

MODULES = ["sale_opportunity", "marketing_campaign", "sale_history"]


def live_through(uri: str, day: str) -> None:
    """Let the company live through a day: `founded`, `first_day` or `second_day`."""
    command = [sys.executable, "-m", "tests.fakes.tryton", day]
    environment = {**os.environ, "TRYTOND_DATABASE_URI": uri}
    done = subprocess.run(command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def founded() -> None:
    """Tryton's tables, the company, its only employee and its only product, of 10 EUR."""
    install()
    from proteus import Model
    from trytond.modules.account.tests.tools import create_chart, get_accounts
    from trytond.modules.account_invoice.tests.tools import create_payment_term
    from trytond.modules.company.tests.tools import create_company

    log_in()
    create_company(currency="EUR")
    create_chart()
    seller = Model.get("party.party")(name="Kim")
    seller.save()
    Model.get("company.employee")(party=seller).save()
    category = Model.get("product.category")(name="All", accounting=True, account_revenue=get_accounts()["revenue"])
    category.save()
    [unit] = Model.get("product.uom").find([("name", "=", "Unit")])
    Model.get("product.template")(
        name="Thing",
        default_uom=unit,
        type="service",
        salable=True,
        list_price=Decimal(10),
        account_category=category,
    ).save()
    create_payment_term().save()


def install() -> None:
    """Every module's tables."""
    with tempfile.NamedTemporaryFile("w") as password:
        password.write("admin")
        password.flush()
        name = os.environ["TRYTOND_DATABASE_URI"].rsplit("/", 1)[1]
        subprocess.run(
            [Path(sys.executable).with_name("trytond-admin"), "-d", name, "-u", "ir", "res", *MODULES,
             "--activate-dependencies"],
            env={**os.environ, "TRYTONPASSFILE": password.name},
            input=b"\n",  # no e-mail address
            check=True,
        )  # fmt: skip


def log_in() -> None:
    """As the administrator, in the company where there is one."""
    from proteus import Model, config

    current = config.set_trytond(os.environ["TRYTOND_DATABASE_URI"])
    current._context = Model.get("res.user").get_preferences(True, {})


def first_day() -> None:
    """Seven leads, of which four become opportunities."""
    lead("Acme", "google", "cpc", "brand", email="ann@acme.example")
    lead("Beta", "linkedin", "paid_social", "abm", email="bob@beta.example")
    lead("Gamma", "newsletter", "email", "june")
    lead("Delta", "customer referral", None, None, email="dora@delta.example")
    lead("Epsilon", "webinar", None, "autumn", email="eve@epsilon.example")
    lead("Zeta", "linkedin", "paid_social", "abm", email="zoe@zeta.example")
    lead("Eta", None, None, None)
    qualify("Beta", "500.00")
    qualify("Delta", "250.00").click("lost")
    deal("Epsilon").click("lost")
    sell(qualify("Acme", "1000.00"), 9).click("confirm")
    sell(qualify("Zeta", "70.00"), 123456.78901)


def second_day() -> None:
    """Gamma's lead becomes an opportunity, Zeta buys, Beta is worth more, and Eta's was entered by mistake."""
    qualify("Gamma", "75.50")
    beta = deal("Beta")
    beta.amount = Decimal("600.25")
    beta.save()
    [sale] = deal("Zeta").sales
    sale.click("confirm")
    eta = deal("Eta")
    eta.click("cancel")
    eta.delete()


def lead(name: str, source: str | None, medium: str | None, campaign: str | None, email: str | None = None) -> None:
    """A lead from somewhere. Of one that did not tell its address there is no party yet."""
    from proteus import Model

    record = Model.get("sale.opportunity")(description=name)
    for kind, word in (("source", source), ("medium", medium), ("campaign", campaign)):
        if word:
            setattr(record, f"marketing_{kind}", parameter(f"marketing.{kind}", word))
    if email:
        record.party = party(name, email)
        record.contact = record.party.contact_mechanisms[0]
    record.save()


def parameter(model: str, word: str):
    """The source, medium or campaign of that name."""
    from proteus import Model

    found = Model.get(model).find([("name", "=", word)])
    if not found:
        found = [Model.get(model)(name=word)]
        found[0].save()
    return found[0]


def party(name: str, email: str | None = None):
    """A customer."""
    from proteus import Model

    record = Model.get("party.party")(name=name)
    if email:
        record.contact_mechanisms.new(type="email", value=email)
    record.save()
    return record


def deal(name: str):
    """The lead or opportunity of that name."""
    from proteus import Model

    [record] = Model.get("sale.opportunity").find([("description", "=", name)])
    return record


def qualify(name: str, amount: str):
    """Make a lead an opportunity, with what that needs."""
    from proteus import Model

    record = deal(name)
    record.party = record.party or party(name)
    record.address = record.address or record.party.addresses[0]
    [record.employee] = Model.get("company.employee").find()
    record.payment_term = Model.get("account.invoice.payment_term").find()[0]
    record.amount = Decimal(amount)
    record.click("opportunity")
    return record


def sell(record, quantity: float):
    """Convert an opportunity into a quoted sale; the sale."""
    from proteus import Model

    [product] = Model.get("product.product").find()
    line = record.lines.new(product=product, quantity=quantity)
    line.unit.digits = 5
    line.unit.save()
    record.save()
    [sale] = record.click("convert")
    sale.click("quote")
    return sale


if __name__ == "__main__":
    day = globals()[sys.argv[1]]
    if day is not founded:
        log_in()
    day()
