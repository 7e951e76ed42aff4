"""Matching keys, as columns that the database itself fills. Adding them is the back-fill."""

from django.db import migrations, models

import contacts.keys

# Each is a sequence of steps, and each step leaves what the next could not undo: a key's key is itself.
# Immutable, so that columns may be made of them; they call nothing but PostgreSQL's own functions and each other, by
# their full names, because a restore runs with an empty search path.
FUNCTIONS = r"""
CREATE FUNCTION public.contacts_plain_key(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
    folded text := normalize(lower(normalize(left(given, 300), NFKC)), NFKC);
    found text;
BEGIN
    -- Signs that are neither seen nor kept: zero width, direction, byte order.
    folded := regexp_replace(folded, E'[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g');
    found := regexp_replace(
        folded, E'[\u0001-\u0022\u0024-\u002A\u002C-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A0\u00AB\u00B7\u00BB\u2010-\u2027\u2028-\u205F\u3000-\u3003\u3008-\u3011\u3014-\u301F\u30FB]', '', 'g');
    -- A name of signs alone is still a name.
    found := CASE WHEN found = '' THEN regexp_replace(folded, E'[\u0001-\u0020]', '', 'g') ELSE found END;
    -- What a blank kept apart may now be one letter.
    RETURN normalize(found, NFKC);
END $function$;

CREATE FUNCTION public.contacts_name_key(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
    named text := normalize(lower(normalize(left(given, 300), NFKC)), NFKC);
    shorter text;
    found text;
BEGIN
    -- (주), (유), (재)… as written, and as ㈜ once it is folded.
    named := regexp_replace(named, '[(](주|유|합|재|사|의)[)]', ' ', 'g');
    -- Legal forms as words at the end: "Acme Co., Ltd." A name that is nothing else keeps them.
    named := regexp_replace(regexp_replace(named, '[.''’]', '', 'g'), E'[,;/&()\u2010-\u2015-]+', ' ', 'g');
    shorter := regexp_replace(named,
        E'([\u0009-\u000D\u0020\u00A0]+(inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|lp|plc|pte|pty|gmbh|ag|kg|ug|se|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|kk|주식회사|유한회사|유한책임회사))+[\u0001-\u0020\u00A0]*$', '');
    IF public.contacts_plain_key(shorter) <> '' THEN
        named := shorter;
    END IF;
    named := public.contacts_plain_key(named);
    -- Korean forms stand attached as well.
    found := regexp_replace(named, '^(주식회사|유한회사|유한책임회사)+', '');
    found := regexp_replace(found, '(주식회사|유한회사|유한책임회사)+$', '');
    found := CASE WHEN found = '' THEN named ELSE found END;
    RETURN CASE WHEN found = '' THEN public.contacts_plain_key(given) ELSE found END;
END $function$;

CREATE FUNCTION public.contacts_domain_key(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $function$
    SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        btrim(lower(normalize(left(given, 300), NFKC)), E' \t\r\n'),
        '^([a-z][a-z0-9+.-]*://|//|[^/?#]*@)+', ''), '[/?#\\[:space:]].*$', ''), '(:[0-9]*)+$', ''),
        '^(www[.])+|[.:]+$', '', 'g')
$function$;

CREATE FUNCTION public.contacts_email_key(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $function$
    SELECT btrim(lower(normalize(left(given, 300), NFKC)), E' \t\r\n')
$function$;

CREATE FUNCTION public.contacts_phone_key(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
    dialled text := normalize(left(given, 300), NFKC);
    abroad boolean := dialled ~ '^[^0-9+]*[+]';
    digits text := regexp_replace(dialled, '[^0-9]', '', 'g');
BEGIN
    IF abroad AND digits ~ '^82' THEN
        digits := '0' || regexp_replace(digits, '^820*', '');
    ELSIF digits ~ '^0082' THEN
        digits := '0' || regexp_replace(digits, '^00820*', '');
    END IF;
    RETURN digits;
END $function$;
"""
FORGET = """
DROP FUNCTION public.contacts_name_key(text), public.contacts_plain_key(text), public.contacts_domain_key(text),
    public.contacts_email_key(text), public.contacts_phone_key(text);
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, FORGET),
        migrations.AddField(
            model_name="company",
            name="domain_key",
            field=contacts.keys.KeyField(
                db_persist=True,
                expression=contacts.keys.DomainKey(models.F("domain")),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="name_key",
            field=contacts.keys.KeyField(
                db_persist=True,
                expression=contacts.keys.NameKey(models.F("name")),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="email_key",
            field=contacts.keys.KeyField(
                db_persist=True,
                expression=contacts.keys.EmailKey(models.F("email")),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="name_key",
            field=contacts.keys.KeyField(
                db_persist=True,
                expression=contacts.keys.PlainKey(models.F("name")),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="phone_key",
            field=contacts.keys.KeyField(
                db_persist=True,
                expression=contacts.keys.PhoneKey(models.F("phone")),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["workspace", "name_key", "id"],
                include=("domain_key",),
                name="contacts_company_name_key",
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                condition=models.Q(("deleted_at", None), models.Q(("domain_key", ""), _negated=True)),
                fields=["workspace", "domain_key", "id"],
                name="contacts_company_domain_key",
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                models.F("workspace"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("deleted_at", None)),
                name="contacts_company_created",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["workspace", "name_key", "id"],
                include=("email_key", "phone_key", "company"),
                name="contacts_contact_name_key",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("deleted_at", None), models.Q(("email_key", ""), _negated=True)),
                fields=["workspace", "email_key", "id"],
                name="contacts_contact_email_key",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("deleted_at", None), models.Q(("phone_key", ""), _negated=True)),
                fields=["workspace", "phone_key", "id"],
                name="contacts_contact_phone_key",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("workspace"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("deleted_at", None)),
                name="contacts_contact_created",
            ),
        ),
    ]
