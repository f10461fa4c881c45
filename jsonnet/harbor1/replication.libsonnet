// What Harbor 1.x is told of other sites: a target each, and a policy for each
// project that is copied there.
// Source: goharbor/harbor v1.1.2, v1.2.0: docs/swagger.yaml, src/ui/api
local replication = import '../lib/replication.libsonnet';

// bodies are sent as they are but for the password.
// m: the model
local bodies(m) = [
  {
    path: 'target-' + site.name + '.json',
    content: std.manifestJsonEx({
      name: 'hagen-' + site.name,
      endpoint: site.url,
      username: site.username,
      password: '<password>',
    }, '  ') + '\n',
  }
  for site in m.replication.targets
];

{
  // m: the model
  component(m)::
    replication.component(m, { of: 'ui', url: 'http://ui' }, bodies(m), importstr 'replication.sh')
    + { env+: { REPLICATION_PROJECTS: std.join(' ', m.spec.replication.projects) } },
}
