// Where the operator of Prometheus finds the counts of a component.

// m: the model; c: an effective component
// Result: a ServiceMonitor if the spec asks for them
function(m, c)
  if c.scrape == null || m.spec.metrics.discovery != 'service-monitor' then [] else [{
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: {
      name: m.names.object(c),
      namespace: m.spec.kubernetes.namespace,
      labels: m.names.serviceLabels(m, c) + m.spec.metrics.labels,
      annotations: { 'hagen.dev/component': c.name },
    },
    spec: {
      selector: { matchLabels: m.names.selector(c) },
      endpoints: [{ port: c.scrape.port, path: c.scrape.path }],
    },
  }]
