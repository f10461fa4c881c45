// Harbor 1.1 and 1.2: the components and what they share.
local storage = import '../lib/storage.libsonnet';
local replication = import 'replication.libsonnet';

{
  local m = self,

  // sessions is Redis as the web framework of ui reads it.
  sessions:: {
    // url returns host:port, pool size, password, database.
    // password: text at the password's place; it cannot hold a comma
    url(password)::
      std.join(',', [
        m.spec.redis.addresses[0],
        std.toString(m.spec.redis.pool_size),
        password,
        std.toString(m.spec.redis.databases.session),
      ]),
  },

  volumes+:: {
    local shared(name, path) = storage.shared(m, path, storage.claim(m.spec, name), 0),
    [if !m.storage.objects then 'registry']: shared('registry', m.spec.storage.paths.registry),
    'job-logs': shared('job_logs', m.spec.storage.paths.job_logs),
    // the settings that adminserver keeps: in the container they would differ
    // from replica to replica and end with it
    config: shared('config', m.spec.storage.paths.config),
  },

  wantsShared:: ['config', 'job-logs'],

  secrets+:: (import 'secrets.libsonnet')(m),
  installed:: import 'installed.libsonnet',
  names+:: (import 'names.libsonnet')(m),
  steps+:: (import 'steps.libsonnet')(m),
  databaseFiles:: [
    { path: 'bootstrap.sql', content: (import 'account.libsonnet')(m) },
    // for data that an installation has already
    { path: 'load.sh', content: importstr 'load.sh', mode: '0755' },
  ],

  components+:: {
    registry: (import 'registry.libsonnet')(m),
    adminserver: (import 'adminserver.libsonnet')(m),
    ui: (import 'ui.libsonnet')(m),
    jobservice: (import 'jobservice.libsonnet')(m),
    proxy: (import 'proxy.libsonnet')(m),
    [if m.spec.logging.driver == 'harbor' then 'log']: (import 'log.libsonnet')(m),
    [if m.replication.wanted then 'replication']: replication.component(m),
    [if m.spec.database.bootstrap.enabled then 'database-bootstrap']: (import 'bootstrap.libsonnet')(m),
  },
}
