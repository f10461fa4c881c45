// The Job of a component that runs once.
local pod = import 'pod.libsonnet';

// m: the model; c: an effective component
function(m, c)
  // before it could count failures, a Job made pods without end; the kubelet
  // waits longer from time to time
  local counts = m.cluster.has.jobBackoffLimit;
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: m.names.object(c),
      namespace: m.spec.kubernetes.namespace,
      labels: m.names.serviceLabels(m, c),
      // a Job cannot be changed, so its name says what is in it
      annotations: { 'hagen.dev/component': c.name, 'hagen.dev/name': 'content' },
    },
    spec: {
      [if counts then 'backoffLimit']: 6,
      template: {
        metadata: { labels: m.names.podLabels(c) },
        spec: pod(m, c) + { restartPolicy: if counts then 'Never' else 'OnFailure' },
      },
    },
  }
