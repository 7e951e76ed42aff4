-- The two roles and the database of Stagecraft, for PostgreSQL 15 or newer. Safe to run again.
--
--   export STAGECRAFT_OWNER_PASSWORD=… STAGECRAFT_APP_PASSWORD=…
--   psql "postgres://postgres@db.example/postgres" -f docs/roles.sql
--
-- then start Stagecraft with
--
--   DATABASE_OWNER_URL=postgres://stagecraft_owner:…@db.example/stagecraft
--   DATABASE_URL=postgres://stagecraft_app:…@db.example/stagecraft
--
-- Run it with psql as a superuser: only a superuser may give BYPASSRLS. (Managed PostgreSQL: the administrator
-- role may do, where it has BYPASSRLS itself.) Passwords come from the environment, because arguments
-- of a command are visible to every user of the machine.

\set ON_ERROR_STOP on
\getenv owner_password STAGECRAFT_OWNER_PASSWORD
\getenv app_password STAGECRAFT_APP_PASSWORD
\if :{?owner_password}
\else
    DO $$ BEGIN RAISE EXCEPTION 'STAGECRAFT_OWNER_PASSWORD is not set'; END $$;
\endif
\if :{?app_password}
\else
    DO $$ BEGIN RAISE EXCEPTION 'STAGECRAFT_APP_PASSWORD is not set'; END $$;
\endif

-- Keeps the passwords below out of the server's log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

-- The owner migrates and makes backups: it owns every table, grants on them, and passes row-level security.
-- CREATEDB is for the database of the tests. It is no superuser.
SELECT 'CREATE ROLE stagecraft_owner'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stagecraft_owner') \gexec
ALTER ROLE stagecraft_owner LOGIN BYPASSRLS CREATEDB NOCREATEROLE PASSWORD :'owner_password';

-- The application may do what migrations grant it, table by table, and row-level security always applies to it.
SELECT 'CREATE ROLE stagecraft_app'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stagecraft_app') \gexec
ALTER ROLE stagecraft_app LOGIN NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

-- A managed server's administrator is no superuser: it has to belong to a role to make it an owner.
SELECT 'GRANT stagecraft_owner TO CURRENT_USER'
WHERE NOT pg_has_role(CURRENT_USER, 'stagecraft_owner', 'MEMBER') \gexec
SELECT 'CREATE DATABASE stagecraft OWNER stagecraft_owner ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stagecraft') \gexec
REVOKE ALL ON DATABASE stagecraft FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE stagecraft TO stagecraft_app;

\connect stagecraft
ALTER SCHEMA public OWNER TO stagecraft_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO stagecraft_app;

-- Trigram search, where the server has it (Debian: the package postgresql-contrib).
SELECT 'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public'
WHERE EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') \gexec
