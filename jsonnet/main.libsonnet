// The library's entry. A spec becomes a model of components that knows no
// target; the targets turn the model into objects.
local configMaps = import 'lib/configmap.libsonnet';
local effective = import 'lib/effective.libsonnet';
local replication = import 'lib/replication.libsonnet';

local generations = {
  '1': import 'harbor1/main.libsonnet',
  '2': import 'harbor2/main.libsonnet',
};

// base is the model without components: what follows from the spec alone.
// input: { spec, files, environment, shared }
local base(input) = {
  local m = self,

  spec:: input.spec,
  // text of the files that the spec names, by their path
  files:: std.get(input, 'files', {}),
  environment:: std.get(input, 'environment'),
  // other environments that have the same place outside of the spec, by its name
  shared:: std.get(input, 'shared', {}),
  // the registry in its environment: the folders of its output, and the name by
  // which things outside of it call it
  folders:: [m.spec.name] + (if m.environment == null || m.environment == '' then [] else [m.environment]),
  site:: std.join('-', m.folders),

  harbor:: (import 'lib/harbor.libsonnet')(m.spec.registry.version),
  net:: (import 'lib/net.libsonnet')(m.spec),
  redis:: (import 'lib/redis.libsonnet')(m.spec),
  database:: (import 'lib/database.libsonnet')(m),
  balancer:: (import 'lib/balancer.libsonnet')(m),
  trustedCA:: (import 'lib/trust.libsonnet')(m),
  storage:: (import 'lib/storage.libsonnet').of(m),
  replication:: replication.of(m),

  onCompose:: 'vm' in m.spec,
  onKubernetes:: 'kubernetes' in m.spec,
  // where a node keeps secrets and its own data; the variable is for people who
  // keep the secrets elsewhere
  secretsPath:: m.spec.vm.secrets_directory + '/' + m.spec.name,
  secretsDirectory:: '${HAGEN_SECRETS:-' + m.secretsPath + '}',
  // mountPoint is where a node, or any, mounts the shared file system.
  mountPoint(node={})::
    if m.storage.system == null then null
    else std.get(node, 'mount_point', std.get(m.spec.vm, 'mount_point', m.storage.system.mountPoint)),
  dataDirectory:: m.spec.vm.data_directory + '/' + m.spec.name,
  bundleDirectory:: '/opt/hagen/' + m.spec.name,

  // name -> component; the generation fills it, extensions patch it
  components:: {},
  // name -> where a component's data lies on either target
  volumes:: {},
  // names of those that are of no use unless every instance sees the same
  wantsShared:: [],
  // material -> what it is and how it is made
  secrets:: m.storage.materials,
  // where the installer of the generation keeps secrets; see `hagen secrets import`
  installed:: {},
  // metric -> which counts of which component it is made of, for scaling
  metrics:: {},
  // text that the generation adds to the runbooks: { compose, kubernetes }, each
  // a list of steps { title, text }
  steps:: replication.steps(m),
  // files for the administrator of the database server: [{ path, content, mode }]
  databaseFiles:: [],
  // what Harbor's API is told of other sites, as data: [{ path, content }]
  replicationFiles:: [],
  // how objects of a cluster are named; the generation may patch it
  names:: (import 'targets/kubernetes/names.libsonnet'),

  // the components as the targets see them, the spec's wishes applied
  effective:: { [name]: effective(m, name) for name in std.objectFields(m.components) },
  // the same in the order of their names, and those of one target
  all:: [m.effective[name] for name in std.objectFields(m.effective)],
  composeComponents:: [c for c in m.all if std.member(c.targets, 'compose')],
  kubernetesComponents:: [c for c in m.all if std.member(c.targets, 'kubernetes')],
  // what the release of Kubernetes has
  cluster:: (import 'targets/kubernetes/apis.libsonnet').of(m.spec.kubernetes.version),
  usage:: (import 'lib/usage.libsonnet')(m),
  // the same for the program that makes and keeps secrets
  needs:: (import 'lib/secrets.libsonnet')(m),
  // whether objects for the Secrets of the cluster are written
  secretsFolder:: m.onKubernetes && m.spec.secrets.provider != 'existing',

  objects::
    (if m.onKubernetes then (import 'targets/kubernetes.libsonnet')(m) else [])
    + configMaps(m)
    + (if m.onCompose then (import 'targets/compose.libsonnet')(m) else [])
    + m.needs.objects
    + (import 'targets/documents.libsonnet')(m)
    + (import 'targets/gitops.libsonnet')(m),
  facts:: (import 'lib/facts.libsonnet')(m),
};

{
  // render returns the objects of a spec, what the rules read of it, which of
  // the shipped overlays it asks for, and which secrets it needs.
  // input: { spec, files, environment, shared }, the spec with its defaults
  // extensions: the user's objects, added to the model in their order
  render(input, extensions)::
    local plain = base(input);
    local whole = plain + generations[plain.harbor.generation];
    local model = std.foldl(function(model, extension) model + extension, extensions, whole);
    {
      objects: model.objects,
      facts: model.facts,
      overlays: model.spec.gitops.engines,
      secrets: model.needs,
    },
}
