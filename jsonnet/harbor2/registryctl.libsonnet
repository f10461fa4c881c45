// registryctl deletes what garbage collection finds, in the registry's storage
// and by the registry's configuration.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local place = import '../lib/storage.libsonnet';
local shared = import 'shared.libsonnet';

local config(m) = {
  protocol: 'http',
  port: 8080,
  log_level: std.asciiUpper(m.spec.logging.level),
  registry_config: m.harbor.paths.registry_config,
};

// m: the model
function(m)
  component.of(m.harbor, 'registryctl') + {
    secretEnv: {
      CORE_SECRET: 'core_secret',
      JOBSERVICE_SECRET: 'jobservice_secret',
    } + place.secretEnv(m),
    files: [{ path: '/etc/registryctl/config.yml', key: 'config.yml', content: native.yaml(config(m)) }]
           + [file for file in m.components.registry.files if std.get(file, 'share') == 'registry']
           + m.trustedCA,
    volumes: place.mounts(m),
    probe: { http: { path: '/api/health', port: 8080 } },
    compose+: shared.healthcheck(self.probe),
    resources: shared.requests('50m', '128Mi', '64Mi'),
    gracePeriod: 120,
    dependsOn: ['log'],
  }
