// trivy-adapter scans images. Its vulnerability database is its own on every
// node and in every pod; queue and results lie in Redis.
local component = import '../lib/component.libsonnet';
local shared = import 'shared.libsonnet';

// Where the databases come from: a mirror first, for the source limits requests.
local repositories(harbor, written, name) =
  if std.length(written) > 0 then written
  else if harbor.features.trivy_repositories then ['mirror.gcr.io/aquasec/' + name, 'ghcr.io/aquasecurity/' + name]
  else [];

local lists(m) =
  local trivy = m.spec.trivy;
  local vulnerabilities = repositories(m.harbor, trivy.db_repository, 'trivy-db');
  local java = repositories(m.harbor, trivy.java_db_repository, 'trivy-java-db');
  {
    [if std.length(vulnerabilities) > 0 then 'SCANNER_TRIVY_DB_REPOSITORY']: std.join(',', vulnerabilities),
    [if std.length(java) > 0 then 'SCANNER_TRIVY_JAVA_DB_REPOSITORY']: std.join(',', java),
    SCANNER_TRIVY_SECURITY_CHECKS: std.join(',', trivy.security_checks),
    SCANNER_TRIVY_SEVERITY: std.join(',', trivy.severity),
    SCANNER_TRIVY_VULN_TYPE: 'os,library',
  };

local settings(m) =
  local trivy = m.spec.trivy;
  {
    SCANNER_JOB_QUEUE_REDIS_NAMESPACE: 'harbor.scanner.trivy:job-queue',
    SCANNER_LOG_LEVEL: m.spec.logging.level,
    SCANNER_STORE_REDIS_NAMESPACE: 'harbor.scanner.trivy:store',
    SCANNER_TRIVY_CACHE_DIR: '/home/scanner/.cache/trivy',
    SCANNER_TRIVY_IGNORE_UNFIXED: trivy.ignore_unfixed,
    SCANNER_TRIVY_INSECURE: trivy.insecure,
    SCANNER_TRIVY_OFFLINE_SCAN: trivy.offline_scan,
    SCANNER_TRIVY_REPORTS_DIR: '/home/scanner/.cache/reports',
    SCANNER_TRIVY_SKIP_JAVA_DB_UPDATE: trivy.skip_java_db_update,
    SCANNER_TRIVY_SKIP_UPDATE: trivy.skip_update,
    SCANNER_TRIVY_TIMEOUT: trivy.timeout,
    [if !trivy.github_token then 'SCANNER_TRIVY_GITHUB_TOKEN']: '',
  };

// m: the model
function(m)
  local urls = m.redis.variables({
    // the first is read by the adapter, the others by its older releases
    SCANNER_REDIS_URL: 'trivy',
    SCANNER_JOB_QUEUE_REDIS_URL: 'trivy',
    SCANNER_STORE_REDIS_URL: 'trivy',
  });
  component.of(m.harbor, 'trivy-adapter') + {
    env: settings(m) + lists(m) + shared.outbound(m, 'trivy') + urls.env,
    secretEnv: urls.secretEnv {
      [if m.spec.trivy.github_token then 'SCANNER_TRIVY_GITHUB_TOKEN']: 'github_token',
    },
    files: m.trustedCA,
    volumes: [
      { name: 'trivy-cache', path: '/home/scanner/.cache/trivy' },
      { name: 'trivy-reports', path: '/home/scanner/.cache/reports' },
    ],
    probe: {
      http: { path: '/probe/healthy', port: 8080 },
      liveness: { initialDelaySeconds: 5, failureThreshold: 10 },
      readiness: { http: { path: '/probe/ready', port: 8080 } },
    },
    compose+: shared.healthcheck(self.probe),
    resources: shared.requests('200m', '512Mi', '2Gi'),
    dependsOn: ['log'],
  }
