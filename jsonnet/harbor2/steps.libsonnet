// What an operator of Harbor 2.x does for the database: Harbor makes its tables,
// and not the database itself.
local accounts = import '../lib/accounts.libsonnet';
local markdown = import '../lib/markdown.libsonnet';

local database(m) = {
  title: 'Database and role, once for the whole registry',
  text: markdown.text([
          'An administrator of the server runs the file `database/bootstrap.sql` of this rendering, on any machine with',
          '`psql`. It asks for the password of the secret `database_password`:',
        ])
        + markdown.code('bash', accounts.postgresql(m.database, 'database/bootstrap.sql'))
        + markdown.text([
          'Expected: `GRANT` in the last line of its output. The role `' + m.database.username + '` owns the database `' + m.database.name + '`,',
          'in which core makes its tables at the first start, and opens at most ' + m.database.connection_limit + ' connections.',
        ]),
};

// m: the model
// Result: steps for the runbooks of both targets
function(m) { compose+: [database(m)], kubernetes+: [database(m)] }
