// What an operator of Harbor 1.x must do that 2.x does by itself.
local accounts = import '../lib/accounts.libsonnet';
local kubectl = import '../lib/kubectl.libsonnet';
local markdown = import '../lib/markdown.libsonnet';

local database(m) = {
  title: 'Database and user, once for the whole registry',
  text: markdown.text([
          'An administrator of the server runs the file `database/bootstrap.sql` of this rendering, on any machine with',
          'bash and a `mysql` client. The password is that of the secret `database_password`:',
        ])
        + markdown.code('bash', accounts.mysql(m.database, 'database/bootstrap.sql'))
        + markdown.text([
          'Expected: no output. The user may read and write the tables of `' + m.database.name + '` and make them, and nothing else.',
          'The server needs `sql_mode=""`: the statements of Harbor 1.x are older than the strict modes.',
        ]),
};

local title = 'Load the tables, once for the whole registry';

local byHand = {
  title: title,
  text: markdown.text([
    'Harbor 1.x does not make its tables, and without them ui ends at every start. `database.bootstrap.enabled` is',
    'false: load a dump of a database of the same version, with the `mysql` client.',
  ]),
};

local safe = ['It may be done again, and on every node: a database that', 'holds anything is left as it is.'];

local compose(m) = if !m.spec.database.bootstrap.enabled then byHand else {
  title: title,
  text: markdown.text([
          'Harbor 1.x does not make its tables, and without them ui ends at every start. They come from its own database',
          'image, which runs for half a minute here and publishes nothing:',
        ])
        + markdown.code('sh', ['sh host/compose.sh run --rm database-bootstrap'])
        + markdown.text(['Expected: `has the tables of revision ' + m.harbor.schema.revision + '`. ' + safe[0], safe[1]]),
};

local kubernetes(m) = if !m.spec.database.bootstrap.enabled then byHand else {
  title: title,
  text: markdown.text([
          'Harbor 1.x does not make its tables. A Job among the objects of the folder `kubernetes` loads them from',
          "Harbor's own database image; until then ui starts over and over. Once the objects are there:",
        ])
        + markdown.code('sh', [kubectl.own(m) + ' logs --selector ' + kubectl.selector(m, m.effective['database-bootstrap'])])
        + markdown.text([
          'Expected: `has the tables of revision ' + m.harbor.schema.revision + '`. A database that holds anything is left as it is. To let a Job that',
          'failed try again, delete it and apply the objects again; Argo CD and Flux make it anew by themselves.',
        ]),
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
  compose+: [database(m), compose(m), oneByOne, restarts, settings],
  kubernetes+: [database(m), kubernetes(m), volumes(m), settings],
}
