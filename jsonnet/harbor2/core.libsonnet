// core is the API, the token service and the door to the registry.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local shared = import 'shared.libsonnet';

local appConf = {
  main: { appname: 'Harbor', runmode: 'prod', enablegzip: true },
  sections: { prod: { httpport: 8080 } },
};

// database is the pool of one process; the server must bear the sum of all.
// db: the spec's database with its defaults
local database(db) = {
  DATABASE_TYPE: 'postgresql',
  POSTGRESQL_HOST: db.host,
  POSTGRESQL_PORT: db.port,
  POSTGRESQL_USERNAME: db.username,
  POSTGRESQL_DATABASE: db.name,
  POSTGRESQL_SSLMODE: db.tls_mode,
  POSTGRESQL_MAX_IDLE_CONNS: db.max_idle_conns,
  POSTGRESQL_MAX_OPEN_CONNS: db.max_open_conns,
  POSTGRESQL_CONN_MAX_LIFETIME: db.conn_max_lifetime,
  POSTGRESQL_CONN_MAX_IDLE_TIME: db.conn_max_idle_time,
};

// redis lists the databases that core uses.
local redis(m) = m.redis.variables({
  _REDIS_URL_CORE: 'core',
  _REDIS_URL_REG: 'registry',
  [if std.objectHas(m.spec.redis.databases, 'harbor') then '_REDIS_URL_HARBOR']: 'harbor',
} + shared.cacheDatabase(m));

// byVersion are variables that not every release knows.
local byVersion(harbor) = {
  [if harbor.features.sync_quota then 'SYNC_QUOTA']: 'true',
  [if std.length(harbor.replicationAdapters) > 0 then 'REPLICATION_ADAPTER_WHITELIST']: std.join(',', harbor.replicationAdapters),
  PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE: std.join(',', harbor.proxyCacheTypes),
};

local general(m) = {
  CONFIG_PATH: '/etc/core/app.conf',
  CORE_LOCAL_URL: 'http://127.0.0.1:8080',
  EXT_ENDPOINT: m.net.external,
  LOG_LEVEL: m.spec.logging.level,
  MAX_JOB_WORKERS: m.spec.jobservice.workers,
  PORT: 8080,
  QUOTA_UPDATE_PROVIDER: 'db',
  READ_ONLY: 'false',
  REGISTRY_CREDENTIAL_USERNAME: shared.registryUser,
  REGISTRY_STORAGE_PROVIDER_NAME: if m.storage.objects then m.storage.images else 'filesystem',
  RELOAD_KEY: '',
  // names the robot accounts of the scanner; core knows them by it, so it is
  // made from the registry's name and equal everywhere
  ROBOT_SCANNER_NAME_PREFIX: std.substr(native.sha256('robot scanner of ' + m.spec.name), 0, 8),
  UAA_CA_ROOT: '/etc/core/certificates/uaa_ca.pem',
  WITH_TRIVY: m.spec.trivy.enabled,
};

local metrics(m) = if !m.spec.metrics.enabled then {} else shared.metrics(m, 'core') + {
  METRIC_ENABLE: 'true',
  METRIC_PATH: m.spec.metrics.path,
  METRIC_PORT: m.spec.metrics.port,
};

// m: the model
function(m)
  local urls = redis(m);
  component.of(m.harbor, 'core') + {
    ports+: shared.metricsPort(m),
    scrape: shared.scrape(m),
    env: general(m) + shared.addresses + database(m.database) + byVersion(m.harbor) + metrics(m)
         + shared.cache(m) + shared.outbound(m, 'core') + urls.env,
    secretEnv: {
      CORE_SECRET: 'core_secret',
      CSRF_KEY: 'csrf_key',
      HARBOR_ADMIN_PASSWORD: 'harbor_admin_password',
      JOBSERVICE_SECRET: 'jobservice_secret',
      POSTGRESQL_PASSWORD: 'database_password',
      REGISTRY_CREDENTIAL_PASSWORD: 'registry_password',
    } + urls.secretEnv,
    files: [{ path: '/etc/core/app.conf', key: 'app.conf', content: native.ini(appConf) }] + m.trustedCA,
    secretFiles: [
      { path: '/etc/core/key', material: 'secretkey' },
      { path: m.harbor.paths.private_key, material: 'private_key.pem' },
    ],
    probe: {
      http: { path: '/api/v2.0/ping', port: 8080 },
      // the first start of a new version migrates the database
      startup: { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 360 },
      liveness: { initialDelaySeconds: 0, failureThreshold: 3 },
      readiness: { initialDelaySeconds: 0, failureThreshold: 2 },
    },
    compose+: shared.healthcheck(self.probe),
    resources: shared.requests('250m', '512Mi', '256Mi'),
    gracePeriod: 120,
    dependsOn: ['log', 'registry'],
  }
