// The workload of a component: a Deployment, or a ReplicationController.
local kind = import 'kind.libsonnet';
local pod = import 'pod.libsonnet';
local replicas = import 'replicas.libsonnet';

// deadline gives a rollout the time that the slowest start may take.
local deadline(c) =
  local startup = if c.probe == null then null else std.get(c.probe, 'startup');
  if startup == null then {} else {
    progressDeadlineSeconds: std.get(startup, 'initialDelaySeconds', 0) + startup.periodSeconds * startup.failureThreshold + 300,
  };

local deployment(m, c) = {
  spec+: {
    selector: { matchLabels: m.names.selector(c) },
    strategy: if c.singleton then { type: 'Recreate' } else {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    },
  } + deadline(c),
};

local controller(m, c) = {
  spec+: { selector: m.names.selector(c) },
};

// scraped tells a Prometheus that looks for annotations where the counts are.
local scraped(m, c) =
  if c.scrape == null || m.spec.metrics.discovery != 'annotations' then {} else {
    annotations: {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '' + [port.port for port in c.ports if port.name == c.scrape.port][0],
      'prometheus.io/path': c.scrape.path,
    },
  };

// m: the model; c: an effective component
function(m, c)
  local k = m.spec.kubernetes;
  {
    apiVersion: m.cluster.versions[kind(m)],
    kind: kind(m),
    metadata: {
      name: m.names.workload(c),
      namespace: k.namespace,
      labels: m.names.workloadLabels(m, c),
      annotations: { 'hagen.dev/component': c.name },
    },
    spec: {
      // two writers of one number undo each other's work
      [if !(c.name in k.autoscaling) then 'replicas']: replicas(m, c),
      template: {
        metadata: { labels: m.names.podLabels(c) } + scraped(m, c),
        spec: pod(m, c),
      },
    },
  } + (if kind(m) == 'Deployment' then deployment(m, c) else controller(m, c))
