// What changes the number of a component's pods by what they have to do.
local native = import '../../lib/native.libsonnet';
local scaling = import '../../lib/scaling.libsonnet';
local kind = import 'kind.libsonnet';
local replicas = import 'replicas.libsonnet';

local percent(target) = std.parseInt(std.strReplace(target, '%', ''));

// metric writes what is measured, and how much of it one pod shall have.
// nested: whether the API version nests it (v2beta2 and later)
local metric(m, scale, nested) =
  local source = scaling.source(m, scale);
  if source == 'resource' then {
    type: 'Resource',
    resource: { name: scale.metric } + (
      if nested then { target: { type: 'Utilization', averageUtilization: percent(scale.target) } }
      else { targetAverageUtilization: percent(scale.target) }
    ),
  }
  else
    local type = if source == 'external' then 'External' else 'Pods';
    {
      type: type,
      [std.asciiLower(type)]:
        if nested then { metric: { name: scale.metric }, target: { type: 'AverageValue', averageValue: scale.target } }
        else { metricName: scale.metric, targetAverageValue: scale.target },
    };

// The controller waits before it takes pods away, so that a short lull does not
// end uploads that will come back.
local behavior(m, scale) =
  if !m.cluster.has.scalingBehavior then {}
  else { behavior: { scaleDown: { stabilizationWindowSeconds: native.seconds(scale.scale_down_delay) } } };

// m: the model; c: an effective component
// Result: a HorizontalPodAutoscaler if the spec asks for one
function(m, c)
  local k = m.spec.kubernetes;
  local written = m.cluster.versions.HorizontalPodAutoscaler;
  // the alpha version needs flags that nobody sets; cpu alone has a stable one
  local version = if written == 'autoscaling/v2alpha1' then 'autoscaling/v1' else written;
  if !(c.name in k.autoscaling) then [] else [{
    local scale = k.autoscaling[c.name],
    apiVersion: version,
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: m.names.object(c),
      namespace: k.namespace,
      labels: m.names.serviceLabels(m, c),
      annotations: { 'hagen.dev/component': c.name },
    },
    spec: {
      scaleTargetRef: {
        apiVersion: m.cluster.versions[kind(m)],
        kind: kind(m),
        name: m.names.workload(c),
      },
      minReplicas: replicas(m, c),
      maxReplicas: scale.max_replicas,
    } + (
      if version == 'autoscaling/v1' then { targetCPUUtilizationPercentage: percent(scale.target) }
      else { metrics: [metric(m, scale, version != 'autoscaling/v2beta1')] } + behavior(m, scale)
    ),
  }]
