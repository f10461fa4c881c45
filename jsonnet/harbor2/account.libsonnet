// bootstrap.sql for PostgreSQL: the role, and a database that belongs to it.
// Harbor makes and migrates its tables by itself, for which it must own them.
local accounts = import '../lib/accounts.libsonnet';

local identifier(name) = '"' + std.strReplace(name, '"', '""') + '"';
local literal(text) = "'" + std.strReplace(text, "'", "''") + "'";

// granted makes the role one of the administrator's own: whoever is no superuser makes
// a database for, and gives one to, such roles only. Since PostgreSQL 16 who made a role
// is a member of it that may neither act as it nor has its rights, until he grants himself both.
local granted(name) =
  local newer(yes, no) =
    "CASE WHEN current_setting('server_version_num')::int >= 160000 THEN " + literal(yes) + ' ELSE ' + literal(no) + ' END';
  local has(kind) = 'pg_has_role(CURRENT_USER, ' + literal(name) + ', ' + kind + ')';
  [
    'SELECT ' + literal('GRANT ' + identifier(name) + ' TO CURRENT_USER'),
    '|| ' + newer(' WITH INHERIT TRUE, SET TRUE', ''),
    'WHERE NOT (' + has("'USAGE'"),
    'AND ' + has(newer('SET', 'MEMBER')) + ') \\gexec',
  ];

// m: the model
// Result: the text of the file
function(m)
  local db = m.database;
  local role = identifier(db.username);
  local database = identifier(db.name);
  std.lines([
    '-- Role and database of the registry ' + m.spec.name + ': for psql, by a role that may create both. It may be run',
    '-- again: it drops nothing, and asks for the password anew.',
    '--   ' + std.join('\n--   ', accounts.postgresql(db, 'bootstrap.sql')),
    '\\set ON_ERROR_STOP on',
    'SELECT ' + literal('CREATE ROLE ' + role + ' LOGIN'),
    'WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ' + literal(db.username) + ') \\gexec',
    '-- every process has a pool of its own',
    'ALTER ROLE ' + role + ' LOGIN CONNECTION LIMIT ' + db.connection_limit + ';',
    '-- an administrator who is no superuser makes a database for a role of his own only',
  ] + granted(db.username) + [
    'SELECT ' + literal('CREATE DATABASE ' + database + ' OWNER ' + role + " ENCODING 'UTF8' TEMPLATE template0"),
    'WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ' + literal(db.name) + ') \\gexec',
    'ALTER DATABASE ' + database + ' OWNER TO ' + role + ';',
    '-- nobody else comes in',
    'REVOKE ALL ON DATABASE ' + database + ' FROM PUBLIC;',
    '\\connect ' + identifier(db.name),
    '-- before PostgreSQL 15 everybody may create in this schema, since then the owner of the database',
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    'GRANT USAGE, CREATE ON SCHEMA public TO ' + role + ';',
    '\\password ' + role,
  ])
