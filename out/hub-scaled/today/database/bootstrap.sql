-- Role and database of the registry hub-scaled: for psql, by a role that may create both. It may be run
-- again: it drops nothing, and asks for the password anew.
--   psql -h postgres.example.com -p 5432 -U postgres -d postgres -f bootstrap.sql
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE "harbor" LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'harbor') \gexec
-- every process has a pool of its own
ALTER ROLE "harbor" LOGIN CONNECTION LIMIT 1810;
-- an administrator who is no superuser makes a database for a role of his own only
SELECT 'GRANT "harbor" TO CURRENT_USER'
|| CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END
WHERE NOT (pg_has_role(CURRENT_USER, 'harbor', 'USAGE')
AND pg_has_role(CURRENT_USER, 'harbor', CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)) \gexec
SELECT 'CREATE DATABASE "registry" OWNER "harbor" ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'registry') \gexec
ALTER DATABASE "registry" OWNER TO "harbor";
-- nobody else comes in
REVOKE ALL ON DATABASE "registry" FROM PUBLIC;
\connect "registry"
-- before PostgreSQL 15 everybody may create in this schema, since then the owner of the database
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO "harbor";
\password "harbor"
