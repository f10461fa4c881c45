// The tables of Harbor 1.x come with its database image and nowhere else. This
// component starts that image once, without a port, and loads them from there
// into the external server if that is empty.
local component = import '../lib/component.libsonnet';

local path = '/etc/hagen/load.sh';

// m: the model
function(m)
  component.of(m.harbor, 'database-bootstrap') + {
    once: true,
    command: ['/bin/sh', path],
    env: {
      DATABASE_HOST: m.database.host,
      DATABASE_PORT: std.toString(m.database.port),
      DATABASE_NAME: m.database.name,
      DATABASE_USERNAME: m.database.username,
      DATABASE_SCHEMA: m.harbor.schema.revision,
    },
    secretEnv: { DATABASE_PASSWORD: 'database_password' },
    files: [{ path: path, key: 'load.sh', content: component.script(importstr 'load.sh') }],
  }
