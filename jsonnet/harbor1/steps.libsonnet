// What an operator of Harbor 1.x must do that 2.x does by itself.
local markdown = import '../lib/markdown.libsonnet';
local native = import '../lib/native.libsonnet';

// identifier and account are names as SQL writes them.
local identifier(name) = '`' + std.strReplace(name, '`', '``') + '`';
local literal(text) = "'" + std.strReplace(std.strReplace(text, '\\', '\\\\'), "'", "''") + "'";
local account(name) = literal(name) + "@'%'";

// commands take the tables out of Harbor's own database image. The dump names
// no database, so it loads into one of any name, and drops no table, so loading
// it twice fails instead of emptying the registry.
// m: the model
local commands(m) =
  local db = m.database;
  local quote = native.shellQuote;
  local client = 'mysql -h ' + quote(db.host) + ' -P ' + db.port;
  [
    'docker run -d --name harbor-tables -e MYSQL_ROOT_PASSWORD=throwaway vmware/harbor-db:v' + m.harbor.version,
    'sleep 60',
    'docker exec harbor-tables mysqldump -uroot -pthrowaway --skip-add-drop-table registry > tables.sql',
    'docker rm -f -v harbor-tables',
    client + " -u root -p <<'SQL'",
    'CREATE DATABASE ' + identifier(db.name) + ' CHARACTER SET utf8;',
    'CREATE USER ' + account(db.username) + " IDENTIFIED BY 'the secret database_password';",
    'GRANT ALL ON ' + identifier(db.name) + '.* TO ' + account(db.username) + ';',
    'SQL',
    client + ' -u ' + quote(db.username) + ' -p ' + quote(db.name) + ' < tables.sql',
  ];

local tables(m) = {
  title: 'Load the tables, once for the whole registry',
  text: markdown.text([
    'Harbor 1.x does not make its tables: without them ui ends at every start. Take them from a',
    'fresh database of the same version. MariaDB 10.11 serves Harbor 1.2 with `sql_mode=""`.',
  ]) + markdown.code('sh', commands(m)),
};

local oneByOne = {
  title: 'Start one node, then the others',
  text: markdown.text([
    'The first node sets the password of admin; start the others when its login page answers.',
  ]),
};

// The choice behind it stands in jobservice.libsonnet.
local restarts = {
  title: 'Later: restarts',
  later: true,
  text: markdown.text([
    'Restart one node at a time, at best while no replication runs. A jobservice that starts runs every',
    'unfinished job of the database again, also those of the other nodes: an image may be copied twice,',
    'none is left out.',
  ]),
};

local settings = {
  title: 'Later: settings',
  later: true,
  text: markdown.text([
    'What an administrator sets in the web interface (LDAP, e-mail, who may create projects) lasts until',
    'adminserver starts again: `RESET=true` writes the values of its environment over it, and without',
    'that a changed database would not be noticed. Write lasting settings into the spec, such as',
    '`components.adminserver.env.AUTH_MODE = "ldap_auth"`.',
  ]),
};

// The names are those of the first manifests: the spec's name is not in them.
local volumes(m) =
  local pv(name) = '`' + m.names.volume(m, name).pv + '`';
  {
    title: 'Names of the volumes',
    text: markdown.text([
      'PersistentVolumes belong to the whole cluster, and those of Harbor 1.x are called the same in every',
      'rendering (' + std.join(', ', [pv(name) for name in std.objectFields(m.volumes) if m.volumes[name].shared])
      + '): a second registry in the cluster needs other names.',
    ]),
  };

// m: the model
// Result: steps for the runbooks of both targets
function(m) {
  compose: [tables(m), oneByOne, restarts, settings],
  kubernetes: [tables(m), volumes(m), settings],
}
