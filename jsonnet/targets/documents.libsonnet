// Files that belong to the registry as a whole: what people must know and do.

local fileSet(name, folder, files) = {
  apiVersion: 'hagen.dev/v1alpha1',
  kind: 'FileSet',
  metadata: { name: name, annotations: { 'hagen.dev/component': name } },
  spec: { folder: folder, files: files },
};

// m: the model
// Result: FileSets
function(m)
  [fileSet('secrets', '', [{ path: 'SECRETS.md', content: (import 'documents/secrets.libsonnet')(m) }])]
  + (if m.onKubernetes then [
       fileSet('runbook-kubernetes', '', [{
         path: 'RUNBOOK-kubernetes.md',
         content: (import 'documents/kubernetes.libsonnet')(m),
       }]),
     ] else [])
  + [fileSet('database', 'database', m.databaseFiles)]
  + (import 'documents/adapter.libsonnet')(m, fileSet)
  + (import 'documents/nodes.libsonnet').files(m, fileSet)
  + (import 'documents/clients.libsonnet').files(m, fileSet)
  + (import 'documents/replication.libsonnet')(m, fileSet)
  + (if m.balancer.wanted then [fileSet('balancer', 'balancer', (import 'balancer.libsonnet')(m))] else [])
