// registry is the storage of images: Docker's distribution 2.8 in Harbor's build.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local place = import '../lib/storage.libsonnet';
local shared = import 'shared.libsonnet';

// The registry's own names of the log levels.
local levels = { warning: 'warn', fatal: 'error' };

local storage(m) =
  local purging = m.spec.upload_purging;
  {
    cache: { layerinfo: 'redis' },
    maintenance: {
      uploadpurging: if purging.enabled then {
        enabled: true,
        age: purging.age,
        interval: purging.interval,
        dryrun: purging.dry_run,
      } else { enabled: false },
    },
    delete: { enabled: true },
  } + place.driver(m);

// redis is the cache of what lies where. Its password comes from the environment.
local redis(m) = {
  addr: m.redis.hosts,
  [if m.redis.sentinel then 'sentinelMasterSet']: std.get(m.spec.redis, 'master_set', ''),
  [if m.harbor.features.registry_redis_username && std.objectHas(m.spec.redis, 'username') then 'username']: m.spec.redis.username,
  db: m.spec.redis.databases.registry,
  dialtimeout: '10s',
  readtimeout: '10s',
  writetimeout: '10s',
  pool: { maxidle: 100, maxactive: 500, idletimeout: '60s' },
  // Harbor's installer writes the first, the parser reads the second
  enableTLS: m.spec.redis.tls,
  enabletls: m.spec.redis.tls,
};

local debug(m) = if m.spec.metrics.enabled then {
  addr: ':' + m.spec.metrics.port,
  prometheus: { enabled: true, path: m.spec.metrics.path },
} else { addr: 'localhost:5001' };

// There is no http.secret in it: it signs unfinished uploads, must be equal
// everywhere, and comes from the environment.
local config(m) = {
  version: 0.1,
  log: {
    level: std.get(levels, m.spec.logging.level, m.spec.logging.level),
    fields: { service: 'registry' },
  },
  storage: storage(m),
  redis: redis(m),
  http: { addr: ':5000', debug: debug(m) },
  auth: {
    htpasswd: { realm: 'harbor-registry-basic-realm', path: '/etc/registry/passwd' },
  },
  validation: { disabled: true },
  compatibility: { schema1: { enabled: true } },
};

// m: the model
function(m)
  component.of(m.harbor, 'registry') + {
    ports+: shared.metricsPort(m),
    scrape: shared.scrape(m),
    secretEnv: {
      REGISTRY_HTTP_SECRET: 'registry_http_secret',
      [if m.spec.redis.password then 'REGISTRY_REDIS_PASSWORD']: 'redis_password',
    } + place.secretEnv(m),
    files: [{
      path: m.harbor.paths.registry_config,
      key: 'config.yml',
      content: native.yaml(config(m)),
      // registryctl collects garbage by the same file
      share: 'registry',
    }] + place.files(m, '/harbor_cust_cert/s3-ca.crt') + m.trustedCA,
    secretFiles: [{ path: '/etc/registry/passwd', material: 'passwd' }],
    volumes: place.mounts(m),
    probe: { http: { path: '/', port: 5000 } },
    compose+: shared.healthcheck(self.probe),
    resources: shared.requests('250m', '256Mi', '256Mi'),
    gracePeriod: 120,
    dependsOn: ['log'],
  }
