// What versions.json knows of one version of Harbor, in one object.
// as text: parsed as data it costs less than as code
local versions = std.parseJson(importstr '../versions.json');
local native = import 'native.libsonnet';

local minorOf(version) =
  local parts = native.split(version, '.');
  parts[0] + '.' + parts[1];

// version: a release such as "2.15.2"
// Result: version, minor, generation, features, paths and the components, each
// with its image
function(version)
  local minor = minorOf(version);
  local facts = versions.minors[minor];
  local generation = versions.generations[facts.generation];
  local patch = facts.patches[version];
  local images = std.get(facts, 'images', {});
  local image(name) =
    { tag: 'v' + version, digest: null, repository: std.get(generation.components[name], 'repository') }
    + std.get(images, name, {}) + std.get(patch, name, {});
  {
    version: version,
    minor: minor,
    generation: facts.generation,
    source: facts.source,
    logPort: generation.log_port,
    health: generation.health,
    publicSecrets: generation.public_secrets.values,
    paths: generation.paths,
    features: facts.features,
    // the tables that a release needs, where it does not make them
    schema: std.get(facts, 'schema'),
    proxyCacheTypes: std.get(facts, 'proxy_cache_types', []),
    replicationAdapters: std.get(facts, 'replication_adapters', []),
    components: {
      [name]: generation.components[name] { image: image(name) }
      for name in std.objectFields(generation.components)
    },
  }
