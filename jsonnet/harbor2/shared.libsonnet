// What several components of Harbor 2.x have in common.
local native = import '../lib/native.libsonnet';

// addresses are the components' own; their numbers are those of the containers
// on both targets.
local addresses = {
  CORE_URL: 'http://core:8080',
  JOBSERVICE_URL: 'http://jobservice:8080',
  PORTAL_URL: 'http://portal:8080',
  REGISTRY_URL: 'http://registry:5000',
  REGISTRY_CONTROLLER_URL: 'http://registryctl:8080',
  TOKEN_SERVICE_URL: 'http://core:8080/service/token',
  TRIVY_ADAPTER_URL: 'http://trivy-adapter:8080',
};

// inside are names that a proxy for the outside must not be asked for.
local inside = [
  '127.0.0.1',
  'localhost',
  '.local',
  '.internal',
  'core',
  'exporter',
  'jobservice',
  'log',
  'portal',
  'proxy',
  'registry',
  'registryctl',
  'trivy-adapter',
];

// ask is how a check asks over HTTP.
local ask = ['curl', '--fail', '--silent', '--show-error', '--output', '/dev/null'];

// hours returns a duration as a whole number of hours.
local hours(duration) = std.floor(native.seconds(duration) / 3600);

{
  addresses:: addresses,

  // the user by which core and jobservice reach the registry
  registryUser:: 'harbor_registry_user',

  // outbound is the proxy for requests that leave the installation.
  // m: the model; name: the component as [proxy] names it
  outbound(m, name)::
    local proxy = m.spec.proxy;
    local asked = std.objectHas(proxy, 'http_proxy') || std.objectHas(proxy, 'https_proxy');
    if !asked || !std.member(proxy.components, name) then {} else {
      [if std.objectHas(proxy, 'http_proxy') then 'HTTP_PROXY']: proxy.http_proxy,
      [if std.objectHas(proxy, 'https_proxy') then 'HTTPS_PROXY']: proxy.https_proxy,
      NO_PROXY: std.join(',', inside + proxy.no_proxy),
    },

  // metrics makes a component count.
  // m: the model; subsystem: as Harbor calls it
  metrics(m, subsystem):: if !m.spec.metrics.enabled then {} else {
    METRIC_NAMESPACE: 'harbor',
    METRIC_SUBSYSTEM: subsystem,
  },
  // metricsPort is the port that answers with the counts.
  metricsPort(m):: if m.spec.metrics.enabled then [{ name: 'metrics', port: m.spec.metrics.port }] else [],

  // scrape is that port, for Prometheus.
  scrape(m):: if m.spec.metrics.enabled then { port: 'metrics', path: m.spec.metrics.path } else null,

  // cache must be set alike wherever it is read.
  // m: the model
  cache(m):: if !m.spec.cache.enabled then {} else {
    CACHE_ENABLED: 'true',
    CACHE_EXPIRE_HOURS: hours(m.spec.cache.expire),
  },
  // cacheDatabase names the Redis database of the cache if it is not core's.
  cacheDatabase(m):: if m.spec.cache.enabled && std.objectHas(m.spec.redis.databases, 'cache') then {
    _REDIS_URL_CACHE_LAYER: 'cache',
  } else {},

  // healthcheck asks on a node what the probe asks in a cluster. Every image but
  // the exporter's holds curl, which its own check uses too.
  // probe: an http probe
  healthcheck(probe):: self.health(['CMD'] + ask + ['http://127.0.0.1:' + probe.http.port + probe.http.path]),

  // entryHealth asks the whole way: the proxy, and core behind it.
  entryHealth(m):: self.health(
    ['CMD'] + ask + (
      if m.net.tlsAtProxy
      then ['--insecure', 'https://127.0.0.1:8443' + m.harbor.health.path]
      else ['http://127.0.0.1:8080' + m.harbor.health.path]
    )
  ),

  // health is a check by a command of the image.
  health(test, interval='10s'):: {
    healthcheck: { test: test, interval: interval, timeout: '5s', retries: 6, start_period: '30s' },
  },

  // requests reserves what a component needs to start and to serve.
  requests(cpu, memory, disk):: {
    requests: { cpu: cpu, memory: memory, 'ephemeral-storage': disk },
    limits: {},
  },
}
