// exporter counts what is in the database and in the job queue. One is enough
// in a cluster: more would count the same.
local component = import '../lib/component.libsonnet';
local shared = import 'shared.libsonnet';

local database(db) = {
  HARBOR_DATABASE_HOST: db.host,
  HARBOR_DATABASE_PORT: db.port,
  HARBOR_DATABASE_USERNAME: db.username,
  HARBOR_DATABASE_DBNAME: db.name,
  HARBOR_DATABASE_SSLMODE: db.tls_mode,
  HARBOR_DATABASE_MAX_IDLE_CONNS: db.max_idle_conns,
  HARBOR_DATABASE_MAX_OPEN_CONNS: db.max_open_conns,
  HARBOR_DATABASE_CONN_MAX_LIFETIME: db.conn_max_lifetime,
  HARBOR_DATABASE_CONN_MAX_IDLE_TIME: db.conn_max_idle_time,
};

local settings(m) = {
  HARBOR_EXPORTER_CACHE_CLEAN_INTERVAL: 14400,
  HARBOR_EXPORTER_CACHE_TIME: 23,
  HARBOR_EXPORTER_MAX_REQUESTS: 30,
  HARBOR_EXPORTER_METRICS_ENABLED: 'true',
  HARBOR_EXPORTER_METRICS_PATH: m.spec.metrics.path,
  HARBOR_EXPORTER_PORT: 8080,
  HARBOR_METRIC_NAMESPACE: 'harbor',
  HARBOR_METRIC_SUBSYSTEM: 'exporter',
  HARBOR_REDIS_NAMESPACE: 'harbor_job_service_namespace',
  HARBOR_REDIS_TIMEOUT: 3600,
  HARBOR_SERVICE_HOST: 'core',
  HARBOR_SERVICE_PORT: 8080,
  HARBOR_SERVICE_SCHEME: 'http',
  LOG_LEVEL: m.spec.logging.level,
};

// m: the model
function(m)
  local urls = m.redis.variables({ HARBOR_REDIS_URL: 'jobservice' });
  component.of(m.harbor, 'exporter') + {
    env: settings(m) + database(m.database) + urls.env,
    secretEnv: { HARBOR_DATABASE_PASSWORD: 'database_password' } + urls.secretEnv,
    files: m.trustedCA,
    scrape: { port: 'http', path: m.spec.metrics.path },
    probe: {
      http: { path: '/', port: 8080 },
      liveness: { initialDelaySeconds: 300, failureThreshold: 3 },
      readiness: { initialDelaySeconds: 30 },
    },
    resources: shared.requests('50m', '128Mi', '64Mi'),
    replicas: 1,
    dependsOn: ['log', 'core'],
  }
