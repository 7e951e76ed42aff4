"""Two workspaces, two walls: what one cannot do to the other, and that each wall holds alone."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, connections, models, transaction

from contacts.models import Company
from core.ids import uuid7
from deals.models import Deal, DealContact, DealVersion, Note, StageStay, Tag
from deals.services.notes import add_note
from deals.services.tasks import add_task
from tenancy.models import AuditEntry, Membership, TenantManager, Workspace
from tenancy.scope import tenant_tables, workspace_scope
from tests.factories import Cast, make_deal


@pytest.fixture
def deal(cast: Cast) -> Deal:
    """A deal of Acme's, with a note, a task, a company."""
    return make_acme_deal(cast)


def make_acme_deal(cast: Cast) -> Deal:
    with workspace_scope(cast.workspace.pk):
        company = Company.objects.create(name="한결모터스")
        deal = make_deal(actor=cast.actor(), company=company)
        add_note(deal_id=deal.pk, body="비밀", actor=cast.actor())
        add_task(deal_id=deal.pk, name="전화", actor=cast.actor())
    return deal


def tenant_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.db_table in tenant_tables()]


def leaks(*, entered: uuid.UUID, owner: uuid.UUID) -> list[str]:
    """Tables of which rows of `owner` can be seen from `entered`, by SQL that names no workspace at all."""
    found = []
    with workspace_scope(entered), connection.cursor() as cursor:
        for model in tenant_models():
            column = "id" if model is Workspace else "workspace_id"
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE {column} = %s', [str(owner)])
            if cursor.fetchone()[0]:
                found.append(model._meta.db_table)
    return found


def refused_by_reference() -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=r"_workspace_fk|foreign key")


@contextmanager
def checked_at_once() -> Iterator[None]:
    """Composite references are checked at commit; here at the end of the block."""
    with transaction.atomic():
        yield
        connection.check_constraints()


# reading -------------------------------------------------------------------------------------------------------


def test_nothing_of_one_workspace_is_seen_from_another(cast: Cast, deal: Deal) -> None:
    assert leaks(entered=cast.rival.pk, owner=cast.workspace.pk) == []
    assert "deals_deal" in leaks(entered=cast.workspace.pk, owner=cast.workspace.pk)


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_manager_filters(cast: Cast, deal: Deal, model: type[models.Model]) -> None:
    """The first wall alone: a default manager whose SQL names the workspace."""
    with workspace_scope(cast.rival.pk):
        text = str(model._default_manager.all().query)
    assert str(cast.rival.pk) in text or cast.rival.pk.hex in text


def test_a_foreign_id_is_not_found(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.rival.pk):
        assert not Deal.objects.filter(pk=deal.pk).exists()
        assert not Deal._base_manager.filter(pk=deal.pk).exists()
        assert not Workspace._base_manager.filter(pk=cast.workspace.pk).exists()
        with pytest.raises(Deal.DoesNotExist):
            deal.refresh_from_db()


def test_copy_out_gives_own_rows_alone(cast: Cast, deal: Deal) -> None:
    out = io.StringIO()
    with workspace_scope(cast.rival.pk), connection.cursor() as cursor:
        cursor.copy_expert("COPY deals_deal TO STDOUT", out)
    assert out.getvalue() == ""


# writing -------------------------------------------------------------------------------------------------------


def test_copy_in_is_refused(cast: Cast) -> None:
    line = io.StringIO(f"{uuid7()}\t{cast.workspace.pk}\tx\n")
    with workspace_scope(cast.workspace.pk):
        with pytest.raises(Exception, match="COPY FROM not supported"), connection.cursor() as cursor:
            cursor.copy_expert("COPY deals_tag (id, workspace_id, name) FROM STDIN", line)
        transaction.set_rollback(True)


def test_rows_for_another_workspace_cannot_be_written(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.rival.pk):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Tag.objects.bulk_create([Tag(workspace_id=cast.workspace.pk, name="planted")])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Tag.objects.create(workspace=cast.workspace, name="planted")
        own = Tag.objects.create(name="own")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Tag.objects.filter(pk=own.pk).update(workspace=cast.workspace)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Tag.objects.bulk_create(
                [Tag(pk=own.pk, workspace_id=cast.workspace.pk, name="moved")],
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=["workspace"],
            )


def test_foreign_rows_cannot_be_changed_or_deleted(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.rival.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE deals_deal SET name = 'taken' WHERE id = %s", [str(deal.pk)])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM deals_note")
        assert cursor.rowcount == 0
        assert Deal._base_manager.filter(pk=deal.pk).update(name="taken") == 0
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get().name == deal.name
        assert Note.objects.count() == 1


def test_a_row_cannot_be_taken_over_by_its_id(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.workspace.pk):
        tag = Tag.objects.create(name="acme's")
    with workspace_scope(cast.rival.pk), pytest.raises(IntegrityError), transaction.atomic():
        Tag(pk=tag.pk, name="taken").save()
    with workspace_scope(cast.workspace.pk):
        tag.refresh_from_db()
        assert tag.name == "acme's"


def test_a_reference_cannot_leave_the_workspace(cast: Cast, deal: Deal) -> None:
    """Row-level security does not look at foreign keys; the composite ones do."""
    with workspace_scope(cast.rival.pk):
        own = make_deal(actor=cast.actor("mallory"))
        with refused_by_reference(), checked_at_once():
            Note(deal_id=deal.pk, body="planted").save()
        with refused_by_reference(), checked_at_once():
            Deal.objects.filter(pk=own.pk).update(company_id=deal.company_id)
        with refused_by_reference(), checked_at_once():
            Deal.objects.filter(pk=own.pk).update(stage_id=deal.stage_id)
        with refused_by_reference(), checked_at_once():
            Deal.objects.filter(pk=own.pk).update(owner=cast.rep)
        with refused_by_reference(), checked_at_once():
            DealContact.objects.create(deal=own, contact_id=uuid7())


def test_deleting_in_one_workspace_cannot_cascade_into_another(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.workspace.pk):
        company_id = Company.objects.get().pk
    with workspace_scope(cast.rival.pk):
        Company._base_manager.filter(pk=company_id).delete()
    with workspace_scope(cast.workspace.pk):
        assert Company.objects.filter(pk=company_id).exists()


def test_nobody_can_empty_a_table(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("TRUNCATE deals_deal CASCADE")
        transaction.set_rollback(True)


def test_the_audit_log_and_the_versions_cannot_be_changed(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.workspace.pk):
        AuditEntry.objects.create(action="test.happened")
        for rows in (AuditEntry.objects, DealVersion.objects):
            assert rows.exists()
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rows.update(workspace=cast.workspace)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rows.all().delete()


def test_the_role_cannot_step_aside(cast: Cast) -> None:
    """Neither by switching security off for the session, nor by becoming the owner."""
    owner = connections["owner"].settings_dict["USER"]
    for attempt in (
        f'SET ROLE "{owner}"',
        f'SET SESSION AUTHORIZATION "{owner}"',
        "ALTER TABLE deals_deal DISABLE ROW LEVEL SECURITY",
    ):
        with workspace_scope(cast.workspace.pk):
            with pytest.raises(ProgrammingError), connection.cursor() as cursor:
                cursor.execute(attempt)
            transaction.set_rollback(True)
    with workspace_scope(cast.workspace.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"):
            cursor.execute("SELECT * FROM deals_deal")
        transaction.set_rollback(True)


# one wall at a time ----------------------------------------------------------------------------------------------


def test_without_the_managers_filter_the_database_still_holds(
    cast: Cast, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TenantManager, "get_queryset", lambda self: models.QuerySet(self.model))
    with workspace_scope(cast.rival.pk):
        assert not Deal.objects.exists()
        assert list(Membership.objects.all()) == [cast.mallory]


@contextmanager
def without_row_security(table: str) -> Iterator[None]:
    with connections["owner"].cursor() as owner:
        owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            connection.close()
            owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY")


def test_without_row_security_the_managers_still_hold_and_the_probe_notices(committed_cast: Cast) -> None:
    cast = committed_cast
    deal = make_acme_deal(cast)
    with without_row_security("deals_deal"):
        with workspace_scope(cast.rival.pk):
            assert not Deal.objects.exists()
            assert not Deal.objects.filter(pk=deal.pk).update(name="taken")
            assert Deal._base_manager.filter(pk=deal.pk).exists()
        assert leaks(entered=cast.rival.pk, owner=cast.workspace.pk) == ["deals_deal"]
    assert leaks(entered=cast.rival.pk, owner=cast.workspace.pk) == []


def test_without_a_policy_a_table_shows_nothing_at_all(committed_cast: Cast) -> None:
    """Forced security without a policy refuses everybody: the pages would break, not leak."""
    cast = committed_cast
    make_acme_deal(cast)
    with connections["owner"].cursor() as owner:
        owner.execute("DROP POLICY workspace_isolation ON deals_stagestay")
        try:
            with workspace_scope(cast.workspace.pk):
                assert not StageStay.objects.exists()
        finally:
            connection.close()
            inside = "workspace_id = current_setting('app.workspace_id')::uuid"
            owner.execute(
                f"CREATE POLICY workspace_isolation ON deals_stagestay USING ({inside}) WITH CHECK ({inside})"
            )
