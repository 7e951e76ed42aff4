"""Merging two that are one, and making two of one again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Change, Company, CompanyFieldValue, Contact, ContactFieldValue
from contacts.models.contact import Consent
from contacts.services.companies import delete_company, edit_company
from contacts.services.contacts import edit_contact
from contacts.services.external import DuplicateExternalId
from contacts.services.find_company import get_or_create_company
from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from customers.selectors.merge import CHOICES
from customers.services.merge import merge_companies, merge_contacts, undo_merge
from deals.models import Activity, ActivityParticipant, Deal, DealContact, DealEvent, EventKind
from deals.services.customers import LINKS
from deals.services.edit_deal import delete_deal, edit_deal
from integrations.importing.directory import Directory
from integrations.importing.mapping import load_mapping
from tenancy.models import AuditEntry
from tenancy.scope import workspace_scope
from tests.factories import Cast

Make = Callable[..., Any]
MAPPINGS = Path(__file__).resolve().parents[2] / "integrations/mappings"


def state() -> dict[str, list[dict[str, Any]]]:
    """All rows that a merge touches, but what every change of a deal adds to (version, events)."""
    found = {}
    for model in (
        *(Company, Contact, Deal, DealContact, ActivityParticipant),
        *(CompanyFieldValue, ContactFieldValue),
    ):
        rows = list(model.objects.order_by("pk").values())
        for row in rows:
            row.pop("version", None)
        if model in (CompanyFieldValue, ContactFieldValue):
            # What is put back is another row with the same in it.
            rows = sorted(({**row, "id": None} for row in rows), key=str)
        found[model.__name__] = rows
    return found


class TestCompanies:
    def test_deals_and_people_change_hands(
        self, inside: Cast, make_company: Make, make_person: Make, deal_of: Make
    ):
        kept, gone = make_company("한결모터스"), make_company("(주)한결모터스", domain="hangyeol.example")
        person, deal, binned = make_person(company=gone), deal_of(gone), deal_of(gone)
        delete_deal(deal_id=binned.pk, actor=inside.actor())
        before = deal.version
        merged = merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor())
        assert (merged.name, merged.domain) == ("한결모터스", "hangyeol.example")  # what it lacked
        deal.refresh_from_db()
        assert (deal.company_id, deal.version) == (kept.pk, before + 1)
        assert Contact.objects.get(pk=person.pk).company_id == kept.pk
        assert Deal.objects.get(pk=binned.pk).company_id == kept.pk
        gone.refresh_from_db()
        assert (gone.merged_into_id, gone.deleted_at is not None) == (kept.pk, True)
        event = DealEvent.objects.filter(deal=deal, kind=EventKind.EDITED).get()
        assert event.data["fields"]["company"] == {"from": str(gone.pk), "to": str(kept.pk)}
        assert AuditEntry.objects.get(action="customer.companies_merged").target_id == kept.pk

    def test_facts_are_chosen_one_by_one(self, inside: Cast, make_company: Make):
        kept = make_company("한결", domain="a.example", industry="IT", owner=inside.rep)
        gone = make_company("한결모터스", domain="b.example", industry="제조", owner=inside.leader)
        merged = merge_companies(
            kept_id=kept.pk, gone_id=gone.pk, take=["name", "owner"], actor=inside.actor()
        )
        assert (merged.name, merged.domain, merged.owner_id) == ("한결모터스", "a.example", inside.leader.pk)
        with pytest.raises(InvalidInput):
            merge_companies(
                kept_id=kept.pk, gone_id=make_company("x").pk, take=["external_id"], actor=inside.actor()
            )

    def test_what_imports_and_syncs_know_leads_to_the_one_that_stays(self, inside: Cast, make_company: Make):
        first, second, third = (
            make_company("가"),
            make_company("나", external_source="old", external_id="7"),
            make_company("다"),
        )
        merge_companies(kept_id=first.pk, gone_id=second.pk, actor=inside.actor())
        merge_companies(kept_id=third.pk, gone_id=first.pk, actor=inside.actor())
        assert get_or_create_company(name="나").pk == third.pk
        directory = Directory(load_mapping((MAPPINGS / "hubspot.json").read_text()))
        assert {directory.company("가"), directory.company("나"), directory.company("다")} == {third.pk}
        with pytest.raises(DuplicateExternalId) as refusal:
            make_company("라", external_source="old", external_id="7")
        assert refusal.value.extra["existing"] == str(third.pk)

    def test_undo_leaves_what_came_since(self, inside: Cast, make_company: Make, deal_of: Make):
        kept, gone = make_company("가"), make_company("나")
        old, own = deal_of(gone), deal_of(kept)
        change = merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor()).last_change
        new = deal_of(kept)
        undo_merge(change_id=change.pk, actor=inside.actor())
        where = dict(Deal.objects.values_list("pk", "company_id"))
        assert where == {old.pk: gone.pk, own.pk: kept.pk, new.pk: kept.pk}
        assert AuditEntry.objects.filter(action="customer.companies_unmerged").exists()
        with pytest.raises(Conflict, match="already"):
            undo_merge(change_id=change.pk, actor=inside.actor())

    def test_undo_is_refused_once_something_was_built_on_it(
        self, inside: Cast, make_company: Make, deal_of: Make
    ):
        actor = inside.actor()
        kept, gone, other = make_company("가"), make_company("나", domain="n.example"), make_company("다")
        deal = deal_of(gone)
        change = merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=actor).last_change
        before = state()
        edit_deal(deal_id=deal.pk, changes={"company": other}, actor=actor)
        with pytest.raises(Conflict, match="1 deal or person"):
            undo_merge(change_id=change.pk, actor=actor)
        edit_deal(deal_id=deal.pk, changes={"company": kept}, actor=actor)
        edit_company(company_id=kept.pk, changes={"domain": "later.example"}, actor=actor)
        with pytest.raises(Conflict, match="in the meantime"):
            undo_merge(change_id=change.pk, actor=actor)
        edit_company(company_id=kept.pk, changes={"domain": "n.example"}, actor=actor)
        assert state() == before
        again = merge_companies(kept_id=other.pk, gone_id=kept.pk, actor=actor).last_change
        with pytest.raises(Conflict, match="itself deleted or merged"):
            undo_merge(change_id=change.pk, actor=actor)
        undo_merge(change_id=again.pk, actor=actor)
        undo_merge(change_id=change.pk, actor=actor)
        assert Deal.objects.get(pk=deal.pk).company_id == gone.pk

    def test_after_thirty_days_it_is_too_late(self, inside: Cast, make_company: Make):
        merges = []
        for days in (31, 29):
            with clock.frozen_at(clock.now() - timedelta(days=days)):
                kept, gone = make_company(f"가{days}"), make_company(f"나{days}")
                merges.append(
                    merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor()).last_change
                )
        with pytest.raises(Conflict, match="30 days"):
            undo_merge(change_id=merges[0].pk, actor=inside.actor())
        undo_merge(change_id=merges[1].pk, actor=inside.actor())
        # The next merge forgets the details of those that nobody can undo.
        merge_companies(kept_id=make_company("다").pk, gone_id=make_company("라").pk, actor=inside.actor())
        assert Change.objects.get(pk=merges[0].pk).moved == {}

    def test_refusals(self, inside: Cast, make_company: Make):
        kept, gone = make_company("가"), make_company("나")
        with pytest.raises(NotAllowed):
            merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor("viewer"))
        with pytest.raises(InvalidInput):
            merge_companies(kept_id=kept.pk, gone_id=kept.pk, actor=inside.actor())
        with workspace_scope(inside.rival.pk):
            foreign = Company.objects.create(name="다")
        for pair in ((kept.pk, foreign.pk), (foreign.pk, kept.pk)):
            with pytest.raises(NotFound):
                merge_companies(kept_id=pair[0], gone_id=pair[1], actor=inside.actor())
        delete_company(company_id=gone.pk, actor=inside.actor())
        with pytest.raises(NotFound):
            merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor())

    def test_as_many_statements_for_a_hundred_deals(
        self, inside: Cast, make_company: Make, deal_of: Make, query_count: Any
    ):
        counts = []
        for deals in (1, 12):
            kept, gone = make_company("가"), make_company("나")
            for _ in range(deals):
                deal_of(gone)
            with query_count() as counted:
                change = merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor()).last_change
                undo_merge(change_id=change.pk, actor=inside.actor())
            counts.append(counted())
        assert counts[0] == counts[1] <= 32


class TestPeople:
    def test_deals_and_talks_change_hands(self, inside: Cast, make_person: Make, deal_of: Make):
        kept, gone = make_person(email="a@x.example"), make_person(phone="010-1234-5678")
        both, alone = deal_of(), deal_of()
        DealContact.objects.create(deal=both, contact=kept)
        DealContact.objects.create(deal=both, contact=gone, role="결재자")
        DealContact.objects.create(deal=alone, contact=gone, role="사용자")
        talk = Activity.objects.create(deal=both, kind="call", occurred_at=clock.now())
        for person in (kept, gone):
            ActivityParticipant.objects.create(activity=talk, contact=person)
        before = state()
        change = merge_contacts(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor()).last_change
        roles = set(DealContact.objects.values_list("deal_id", "contact_id", "role"))
        assert roles == {(both.pk, kept.pk, "결재자"), (alone.pk, kept.pk, "사용자")}
        assert list(ActivityParticipant.objects.values_list("contact_id", flat=True)) == [kept.pk]
        assert Contact.objects.get(pk=kept.pk).phone == "010-1234-5678"
        undo_merge(change_id=change.pk, actor=inside.actor())
        assert state() == before

    def test_consent_follows_what_was_said_last(self, inside: Cast, make_person: Make):
        kept, gone = make_person(ad_consent=Consent.GIVEN), make_person()
        edit_contact(contact_id=gone.pk, changes={"ad_consent": "withdrawn"}, actor=inside.actor())
        merged = merge_contacts(kept_id=kept.pk, gone_id=gone.pk, actor=inside.actor())
        gone.refresh_from_db()
        assert (merged.ad_consent, merged.ad_consent_at) == ("withdrawn", gone.ad_consent_at)
        third = make_person()
        merged = merge_contacts(kept_id=kept.pk, gone_id=third.pk, actor=inside.actor())
        assert merged.ad_consent == "withdrawn"


def test_every_reference_to_a_person_or_company_is_thought_of() -> None:
    """A table that refers to one of them must change hands too: teach the merge, then add it here."""
    known = {
        "deals.deal.company",
        "contacts.contact.company",
        "contacts.change.company",  # the history of each stays its own
        "contacts.change.contact",
        # What the one that stays lacks is copied; the row that goes keeps its own, and comes back with it.
        *("contacts.companyfieldvalue.company", "contacts.contactfieldvalue.contact"),
        # Whose criterion it is in a comparison: kept as it was said, with the name of then.
        "strategy.buyercriterion.contact",
        *("contacts.company.merged_into", "contacts.contact.merged_into"),
        *(f"{model._meta.label_lower}.contact" for model, _place in LINKS),
    }
    found = {
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for model in CHOICES
        for relation in model._meta.related_objects
    }
    hidden = {
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for model in CHOICES
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and relation.is_relation
    }
    assert found | hidden == known


FACTS = st.fixed_dictionaries(
    {
        "domain": st.sampled_from(["", "a.example", "b.example"]),
        "industry": st.sampled_from(["", "IT"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.tuples(FACTS, FACTS),
    deals=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    people=st.integers(0, 2),
    take=st.none() | st.sets(st.sampled_from(["name", "domain", "industry", "owner"])),
)
def test_merging_and_undoing_changes_nothing(
    inside: Cast,
    make_company: Make,
    make_person: Make,
    deal_of: Make,
    facts: Any,
    deals: Any,
    people: int,
    take: Any,
):
    pair = [make_company(f"회사 {place}", **given) for place, given in enumerate(facts)]
    for company, count in zip(pair, deals, strict=True):
        for _ in range(count):
            deal_of(company)
    for _ in range(people):
        make_person(company=pair[1])
    before = state()
    merged = merge_companies(kept_id=pair[0].pk, gone_id=pair[1].pk, take=take, actor=inside.actor())
    assert not Deal.objects.filter(company=pair[1]).exists()
    undo_merge(change_id=merged.last_change.pk, actor=inside.actor())
    assert state() == before
