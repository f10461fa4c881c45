// Which interface of a cluster serves what pods are scaled by.

{
  // source is "resource" for cpu and memory, "pods" for a metric of each pod,
  // "external" for one of something as a whole. Where hagen brings the rule of a
  // metric, it knows.
  // m: the model; scale: an entry of kubernetes.autoscaling
  source(m, scale)::
    if std.member(['cpu', 'memory'], scale.metric) then 'resource'
    else if scale.metric in m.metrics then m.metrics[scale.metric].source
    else scale.source,

  // all lists what the spec scales: { metric, source, brought }; brought tells
  // whether hagen brings the rule.
  // m: the model
  all(m)::
    local wishes = m.spec.kubernetes.autoscaling;
    [
      { metric: wishes[name].metric, source: $.source(m, wishes[name]), brought: wishes[name].metric in m.metrics }
      for name in std.objectFields(wishes)
    ],
}
