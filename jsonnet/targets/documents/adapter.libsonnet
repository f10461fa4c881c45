// The rules by which prometheus-adapter makes metrics of Harbor's counts, as
// values of its Helm chart.
local native = import '../../lib/native.libsonnet';

local rule(m, name) =
  local metric = m.metrics[name];
  local selected = metric.series + '{namespace="' + m.spec.kubernetes.namespace + '"';
  if metric.source == 'pods' then {
    seriesQuery: selected + ',pod!=""}',
    resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
    name: { as: name },
    metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)',
  } else {
    seriesQuery: selected + '}',
    resources: { overrides: { namespace: { resource: 'namespace' } } },
    name: { as: name },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>})',
  };

// m: the model; fileSet: makes files of the registry as a whole
// Result: a FileSet if pods are scaled by what hagen knows the counts of
function(m, fileSet)
  local scaling = if m.onKubernetes then m.spec.kubernetes.autoscaling else {};
  local used = std.set([scaling[name].metric for name in std.objectFields(scaling)]);
  local rules(source) = [rule(m, name) for name in used if name in m.metrics && m.metrics[name].source == source];
  local values = { rules: { custom: rules('pods'), external: rules('external') } };
  if rules('pods') + rules('external') == [] then [] else [fileSet('adapter', 'autoscaling', [{
    path: 'prometheus-adapter-values.yaml',
    content: native.yaml(values),
  }])]
