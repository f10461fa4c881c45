// jobservice runs replication, garbage collection, scans and retention. All
// instances take jobs from one queue in Redis.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local shared = import 'shared.libsonnet';

// days returns a duration as a whole number of days, at least one.
local days(duration) = std.max(1, std.floor(native.seconds(duration) / 86400));

local loggers(m) =
  local level = std.asciiUpper(m.spec.logging.level);
  local sweep = { duration: days(m.spec.jobservice.log_sweep) };
  local directory = m.harbor.paths.job_logs;
  {
    STD_OUTPUT: { name: 'STD_OUTPUT', level: level },
    FILE: {
      name: 'FILE',
      level: level,
      settings: { base_dir: directory },
      sweeper: sweep { settings: { work_dir: directory } },
    },
    DB: { name: 'DB', level: level, sweeper: sweep },
  };

// The address of Redis may hold a password and comes from the environment.
local config(m) =
  local kinds = loggers(m);
  local metrics = m.spec.metrics;
  {
    protocol: 'http',
    port: 8080,
    worker_pool: {
      workers: m.spec.jobservice.workers,
      backend: 'redis',
      redis_pool: {
        namespace: 'harbor_job_service_namespace',
        idle_timeout_second: 3600,
      },
    },
    job_loggers: [kinds[name] for name in m.jobLoggers],
    loggers: [kinds.STD_OUTPUT],
    reaper: { max_update_hours: 24, max_dangling_hours: 168 },
    max_retrieve_size_mb: 10,
    [if metrics.enabled then 'metric']: { enabled: true, path: metrics.path, port: metrics.port },
  };

local redis(m) = m.redis.variables({
  JOB_SERVICE_POOL_REDIS_URL: 'jobservice',
  [if m.spec.cache.enabled then '_REDIS_URL_CORE']: 'core',
} + shared.cacheDatabase(m));

local addresses = {
  [name]: shared.addresses[name]
  for name in ['CORE_URL', 'REGISTRY_URL', 'REGISTRY_CONTROLLER_URL', 'TOKEN_SERVICE_URL']
};

// m: the model
function(m)
  local urls = redis(m);
  local settings = m.spec.jobservice;
  component.of(m.harbor, 'jobservice') + {
    ports+: shared.metricsPort(m),
    scrape: shared.scrape(m),
    env: addresses {
      JOBSERVICE_WEBHOOK_JOB_HTTP_CLIENT_TIMEOUT: native.seconds(settings.webhook_timeout),
      JOBSERVICE_WEBHOOK_JOB_MAX_RETRY: settings.webhook_max_retry,
      LOG_LEVEL: m.spec.logging.level,
      [if m.harbor.features.max_job_duration then 'MAX_JOB_DURATION_SECONDS']: 24 * 3600,
      REGISTRY_CREDENTIAL_USERNAME: shared.registryUser,
    } + shared.metrics(m, 'jobservice') + shared.cache(m) + shared.outbound(m, 'jobservice') + urls.env,
    secretEnv: {
      CORE_SECRET: 'core_secret',
      JOBSERVICE_SECRET: 'jobservice_secret',
      REGISTRY_CREDENTIAL_PASSWORD: 'registry_password',
    } + urls.secretEnv,
    files: [{ path: '/etc/jobservice/config.yml', key: 'config.yml', content: native.yaml(config(m)) }] + m.trustedCA,
    // a log is asked for wherever the request lands, not where the job ran
    volumes: if std.member(m.jobLoggers, 'FILE') then [{ name: 'job-logs', path: m.harbor.paths.job_logs }] else [],
    scratch: if std.member(m.jobLoggers, 'FILE') then [] else [{ name: 'logs', path: m.harbor.paths.job_logs }],
    probe: {
      http: { path: '/api/v1/stats', port: 8080 },
      liveness: { initialDelaySeconds: 300, failureThreshold: 3 },
      readiness: { initialDelaySeconds: 20 },
    },
    compose+: shared.healthcheck(self.probe),
    resources: shared.requests('250m', '512Mi', '1Gi'),
    gracePeriod: 120,
    dependsOn: ['log', 'core'],
  }
