// What is wrong with a spec although each of its fields is valid: checks over
// several fields, each with the symptom that would be seen at night.
local subjects = [
  import 'findings/network.libsonnet',
  import 'findings/nodes.libsonnet',
  import 'findings/cluster.libsonnet',
  import 'findings/storage.libsonnet',
  import 'findings/redis.libsonnet',
  import 'findings/database.libsonnet',
  import 'findings/settings.libsonnet',
  import 'findings/secrets.libsonnet',
  import 'findings/components.libsonnet',
];

// m: the model
// Result: findings { path, severity, message, reason, fix }
function(m) std.flatMap(function(subject) subject(m), subjects)
