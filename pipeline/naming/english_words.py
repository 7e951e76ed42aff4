"""What English stage names are made of, as the defaults of other products and real pipelines show."""

from __future__ import annotations

from pipeline.naming.lexicon import word_set

ARTICLES = word_set("a an the our your their")
AUXILIARIES = word_set("is was are were has have had been being be and to")
BUYERS = word_set(
    "buyer buyers customer customers client clients prospect prospects champion stakeholder stakeholders"
)

# Tense
NOT_BEGUN = word_set("pending awaiting waiting upcoming planned expected due before until needed required")
PARTICIPLES = word_set(
    "held sent made given shown met done seen chosen known set begun agreed built written read told taken paid left"
    " found understood complete won lost put won-over bought-in bought signed-off brought understood heard tried used"
    " underwritten drawn spoken got gotten kept led felt"
)
# They end in "ed" and tell no tense.
NOT_PARTICIPLES = word_set(
    "advanced detailed limited needed required expected planned related based fixed hundred unqualified"
)
NOUNS_IN_ING = word_set(
    "meeting pricing training onboarding briefing hearing listing billing funding financing marketing purchasing"
    " engineering building offering nothing something everything existing outstanding boarding opening closing morning"
    " evening spring king ring thing string kick-offmeeting"
)
UNDER_WAY = (
    "in progress",
    "in review",
    "in approval",
    "in evaluation",
    "in trial",
    "in training",
    "in negotiation",
    "in procurement",
    "under way",
    "underway",
    "ongoing",
    "under review",
    "under evaluation",
    "under consideration",
    "under negotiation",
    "under discussion",
    "on trial",
)

# Whose step
OUR_PHRASES = (
    "follow-up",
    "follow-ups",
    "follow up",
    "followup",
    "followed up",
    "following up",
    "cold call",
    "cold calls",
    "cold calling",
    "cold email",
    "cold emails",
    "outreach",
    "reach out",
    "reached out",
    "reaching out",
    "touch base",
    "first touch",
    "check-in",
    "check in",
    "value proposition",
    "needs analysis",
    "need analysis",
    "perception analysis",
    "prospecting",
    "qualification",
    "lead generation",
    "lead nurture",
    "id decision makers",
    "id. decision makers",
    "sales pitch",
    "upsell",
    "cross-sell",
    "voicemail left",
    "left voicemail",
)
ORDERS = word_set(
    "send make give deliver prepare write submit propose introduce arrange schedule ask assign identify convert remind"
    " invite chase nurture qualify provide create explain determine develop handle gather collect get win conduct perform"
    " organise organize upsell follow do find engage confirm understand discover set put show"
)
# Orders as well, unless a tense follows: "Contact lead", but "Contact replied"; "Close deal", but "Close date agreed".
MOSTLY_ORDERS = word_set(
    "contact email close prospect issue research pitch book hold share upload draft reach run"
)
THINGS_OR_ORDERS = word_set("call demo quote offer visit present meet update")
DONE_BY_US = word_set(
    "sent made given delivered submitted presented pitched shown offered shared provided issued emailed called contacted"
    " visited quoted proposed prepared drafted qualified nurtured chased identified prospected demoed introduced explained"
    " forwarded mailed demonstrated upsold assigned created"
)
DONE_TO_PEOPLE = word_set(
    "called contacted emailed visited pitched nurtured qualified chased reminded invited met introduced"
)
DOING_BY_US = word_set(
    "sending calling emailing contacting pitching presenting prospecting qualifying nurturing quoting proposing chasing"
    " preparing drafting delivering demoing demonstrating closing selling upselling visiting identifying engaging"
    " persuading convincing"
)
# Only the buyer can give, make or send these.
BUYERS_THINGS = word_set(
    "decision choice payment order orders po rfp rfi rfq request requirements commitment approval go-ahead consent"
    " feedback deposit signature selection budget purchase verbal light need needs goals questions comparison answer"
    " confirmation intent brief"
)
# Orders that tell the buyer's step: the participle that ends it, and the form that shows it under way.
BUYERS_VERBS = {
    "sign": ("signed", "Signing"),
    "review": ("reviewed", "Reviewing"),
    "decide": ("decided", "Deciding"),
    "evaluate": ("evaluated", "Evaluating"),
    "compare": ("compared", "Comparing"),
    "approve": ("approved", "Approving"),
    "choose": ("chosen", "Choosing"),
    "select": ("selected", "Selecting"),
    "try": ("tried", "Trying"),
    "test": ("tested", "Testing"),
    "explore": ("explored", "Exploring"),
    "receive": ("received", "Receiving"),
    "negotiate": ("negotiated", "Negotiating"),
}

# Names that name nothing
OUTCOMES = word_set("won lost win lose closed dead disqualified abandoned churned")
LOST = word_set("lost lose dead disqualified abandoned churned closed-lost")
AROUND_OUTCOMES = OUTCOMES | word_set("deal deals opportunity to competition competitor and business or")
SAYS_NOTHING = word_set(
    "new in progress open pending working active ongoing other misc on hold hot warm cold lead leads opportunity"
    " opportunities deal deals inbox backlog to do todo next later stage step phase early late mid first second third"
    " interested engaged prospect prospects suspect mql sql unqualified status unknown none default incoming raw waiting"
    " early-stage late-stage one two three four five final"
)

# What a name is about, and what the buyer can have reached in it. The first that fits; the more telling come first.
SUBJECTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            "follow-up",
            "follow-ups",
            "follow up",
            "followup",
            "followed up",
            "following up",
            "check-in",
            "check in",
        ),
        ("Buyer replied", "Next meeting booked"),
    ),
    (("purchase order", "po"), ("Purchase order received",)),
    (("order", "orders"), ("Order received",)),
    (("rfp", "rfi", "rfq"), ("Requirements received", "Comparing the proposals")),
    (
        ("proposal", "proposals", "proposition", "value proposition", "offer", "offers"),
        ("Proposal received", "Reviewing the proposal"),
    ),
    (
        ("quote", "quotes", "quotation", "quotations", "price", "pricing", "estimate", "price quote"),
        ("Quote received", "Reviewing the quote"),
    ),
    (
        ("contract", "contracts", "agreement", "agreements", "paperwork"),
        ("Contract received", "Reviewing the contract", "Contract signed"),
    ),
    (("signature", "sign", "signing", "esign", "docusign"), ("Decided and signed",)),
    (
        ("negotiation", "negotiations", "negotiate", "terms", "redlines"),
        ("Negotiating the terms", "Terms agreed"),
    ),
    (
        (
            "demo",
            "demos",
            "demonstration",
            "presentation",
            "presentations",
            "present",
            "presenting",
            "pitch",
            "pitching",
            "demoing",
            "product tour",
            "walkthrough",
        ),
        ("Exploring the product", "Demo booked", "Demo attended"),
    ),
    (
        ("trial", "pilot", "poc", "proof of concept", "evaluation", "sandbox"),
        ("Trying the product", "Trial completed"),
    ),
    (
        ("onboarding", "training", "kickoff", "kick-off"),
        ("In onboarding training", "Onboarding training completed"),
    ),
    (("cold call", "cold calls", "cold calling", "voicemail left"), ("Buyer replied", "Meeting booked")),
    (("close the deal", "closing"), ("Decided and signed",)),
    (("call", "calls", "calling"), ("Call booked", "Call held")),
    (
        ("meeting", "meetings", "appointment", "visit", "site visit", "consultation", "workshop"),
        ("Meeting booked", "Meeting held"),
    ),
    (
        (
            "contact",
            "contacted",
            "contacting",
            "outreach",
            "reach out",
            "reached out",
            "first touch",
            "touch base",
            "email",
            "emailed",
            "emailing",
            "cold email",
            "prospecting",
            "lead generation",
        ),
        ("Buyer replied", "Meeting booked"),
    ),
    (
        ("decision maker", "decision makers", "decision-maker", "champion", "stakeholders"),
        ("Decision maker met", "Decision maker bought-in"),
    ),
    (
        ("discovery", "needs", "need", "requirements", "needs analysis", "perception analysis", "scoping"),
        ("Needs confirmed by the buyer", "Defining the requirements"),
    ),
    (
        ("qualification", "qualified", "qualify", "qualifying"),
        ("Problem and budget confirmed", "Business problem recognised"),
    ),
    (
        ("legal", "legal review", "security review", "procurement", "compliance"),
        ("In procurement", "Terms approved"),
    ),
    (("decision",), ("Deciding", "Decision made")),
    (("approval", "sign-off"), ("In approval", "Approval received")),
    (("payment", "invoice", "deposit"), ("Payment received",)),
    (("verbal", "commitment", "commit"), ("Commitment received",)),
)
