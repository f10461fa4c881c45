// The rules by which prometheus-adapter makes metrics of Harbor's counts, as
// values of its Helm chart.
local native = import '../../lib/native.libsonnet';
local scaling = import '../../lib/scaling.libsonnet';

local rule(m, name) =
  local metric = m.metrics[name];
  // of every namespace, so that the rules of several registries are the same: the
  // adapter knows one rule for a name, and asks for the namespace itself
  local selected = metric.series + '{namespace!=""';
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
  local wishes = if m.onKubernetes then scaling.all(m) else [];
  local rules(source) = [
    rule(m, name)
    for name in native.set([entry.metric for entry in wishes if entry.brought && entry.source == source])
  ];
  local values = { rules: { custom: rules('pods'), external: rules('external') } };
  if rules('pods') + rules('external') == [] then [] else [fileSet('adapter', 'autoscaling', [{
    path: 'prometheus-adapter-values.yaml',
    content: native.yaml(values),
  }])]
