// RUNBOOK-kubernetes.md: from an empty cluster to a pulled image.
local command = import '../../lib/kubectl.libsonnet';
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';
local scale = import '../../lib/scaling.libsonnet';
local kind = import '../kubernetes/kind.libsonnet';
local checks = import 'checks.libsonnet';
local clients = import 'clients.libsonnet';
local nodes = import 'nodes.libsonnet';

local quote = native.shellQuote;
local kubectl = command.own;

local namespace(m) = {
  local make = 'kubectl create namespace ' + quote(m.spec.kubernetes.namespace),
  local again = m.cluster.has.dryRunClient,
  title: 'Namespace',
  text: markdown.text(['The Secrets come before everything else, and they need the namespace.'])
        + markdown.code('sh', [make + (if again then ' --dry-run=client -o yaml | kubectl apply -f -' else '')])
        + markdown.text(['Expected: `namespace/' + m.spec.kubernetes.namespace + '` is created' + (if again then ' or unchanged.' else ', or `AlreadyExists`.')]),
};

// directories is the step of the shared file system, where there is one.
local directories(m) = if m.storage.system == null then [] else [{
  local system = m.storage.system,
  local shared = [m.volumes[name] for name in std.objectFields(m.volumes) if m.volumes[name].shared],
  local make(volume, path) = 'install -d -o ' + volume.owner + ' -g ' + volume.owner + ' -m 2770 ' + quote(path),
  title: 'Directories on ' + system.title,
  text: markdown.text([
    'A claim binds whether or not its directory exists; the pod then hangs in ContainerCreating. '
    + (if system.rootWrites then 'Mount' else 'Make them'),
  ] + (if system.rootWrites then [
         system.title + ' anywhere and make them. The set-group bit keeps the kubelet from changing the owner of every',
         'stored file at each start.',
       ] else [
         'as root on the server, which takes root of others for nobody (root_squash). The set-group bit keeps the',
         'kubelet from changing the owner of every stored file at each start.',
       ])) + markdown.code(
    'sh',
    if system.rootWrites then
      ['mount -t ' + system.type + ' ' + quote(system.source) + ' /mnt -o ' + quote(std.join(',', system.options))]
      + [make(volume, '/mnt/' + volume.path) for volume in shared]
      + ['umount /mnt']
    else [make(volume, volume.directory) for volume in shared]
  ),
}];

// folder applies a folder of this rendering. An older kubectl would take
// kustomization.yaml for an object of a kind that the cluster does not know.
local folder(m, name) =
  if m.cluster.has.applyKustomization then 'kubectl apply -k ' + name
  else 'find ' + name + " -name '*.yaml' ! -name kustomization.yaml -exec kubectl apply -f {} \\;";

// create makes a Secret of the files that SECRETS.md tells to make.
local create(m, secret) =
  if secret.type == 'kubernetes.io/tls'
  then kubectl(m) + ' create secret tls ' + quote(secret.name) + ' --cert=tls.crt --key=tls.key'
  else kubectl(m) + ' create secret generic ' + quote(secret.name) + std.join('', [
    ' \\\n  ' + (
      if 'value' in item then '--from-literal=' + quote(item.key + '=' + item.value)
      else if item.key == item.material then '--from-file=' + item.key
      else '--from-file=' + item.key + '=' + item.material
    )
    for item in secret.items
  ]);

// entrance is the certificate of an Ingress that ends TLS.
local entrance(m) =
  local tls = m.spec.registry.tls.secret_name;
  local missing = std.length([secret for secret in m.needs.cluster if secret.name == tls]) == 0;
  local behindIngress = m.net.https && m.spec.kubernetes.expose.type == 'Ingress';
  if !behindIngress || !missing then ''
  else markdown.text(['The Ingress ends TLS with a certificate of its own; hagen does not keep it:'])
       + markdown.code('sh', [kubectl(m) + ' create secret tls ' + quote(tls) + ' --cert=/path/to/tls.crt --key=/path/to/tls.key']);

local ways = {
  sops(m):
    markdown.text([
      'Flux decrypts the folder `secrets` by itself: its Kustomization says `decryption: { provider: sops,',
      'secretRef: … }`. Without Flux, with a key of `secrets.recipients` in `SOPS_AGE_KEY_FILE`:',
    ]) + markdown.code('sh', [
      'for file in secrets/secret-*.yaml; do sops decrypt "$file" | kubectl apply -f -; done',
    ]) + markdown.text(['Expected: `secret/… created` for each. Never apply the files as they are: pods would read `ENC[…]`.']),
  'sealed-secrets'(m):
    markdown.code('sh', [folder(m, 'secrets'), kubectl(m) + ' get sealedsecrets,secrets'])
    + markdown.text(['Expected: every SealedSecret is synced, and there is a Secret of the same name.']),
  'external-secrets'(m):
    markdown.code('sh', [folder(m, 'secrets'), kubectl(m) + ' get externalsecrets,secrets'])
    + markdown.text(['Expected: every ExternalSecret says `SecretSynced`. Another word means that the store lacks a property: SECRETS.md', 'lists them.']),
  existing(m):
    markdown.text(['In the folder that SECRETS.md made:'])
    + markdown.code('sh', [create(m, secret) for secret in m.needs.cluster])
    + markdown.text(['Expected: `secret/… created` for each.']),
};

local secrets(m) = {
  title: 'Secrets',
  text: ways[m.spec.secrets.provider](m) + entrance(m),
};

local apply(m) = {
  title: 'Objects',
  text: markdown.text(['With the folder `kubernetes` of this rendering, unless Argo CD or Flux does it:'])
        + markdown.code('sh', [folder(m, 'kubernetes'), kubectl(m) + ' get pvc,pods'])
        + markdown.text([
          'Expected: every claim is Bound, every pod is Running and ready'
          + std.join('', [', that of the Job ' + m.names.object(c) + ' Completed' for c in m.kubernetesComponents if c.once])
          + '.',
          'Until ' + m.harbor.health.component + ' has answered for the first time, others may restart once or twice. A pod in',
          'ContainerCreating names its reason in `kubectl describe pod`: mostly a Secret' + (if m.storage.system == null then '' else ', or a directory on ' + m.storage.system.title + ',') + ' that is not there.',
        ]),
};

// handOver keeps the pods of a registry that ran with fixed numbers. A number in a
// manifest belongs to who applied that, and goes with it unless it is somebody's
// else too.
// Source: kubernetes.io, server-side apply, transferring ownership
local handOver(m) =
  local scaled = [c for c in m.kubernetesComponents if c.name in m.spec.kubernetes.autoscaling];
  local what = kind(m);
  if scaled == [] || !m.cluster.has.serverSideApply then [] else [{
    title: 'Hand running pods over to their scalers',
    text: markdown.text([
            'Only where they ran with fixed numbers, and **before** this rendering is applied: when `replicas` leaves a manifest,',
            'the workload falls to one pod, unless somebody else holds the number by then.',
          ]) + markdown.code('sh', [
            'over() {',
            '  number=$(' + kubectl(m) + ' get "' + what + "/$1\" -o jsonpath='{.spec.replicas}')",
            "  printf '{\"apiVersion\": \"" + m.cluster.versions[what] + '", "kind": "' + what + "\", \"metadata\": {\"name\": \"%s\"}, \"spec\": {\"replicas\": %d}}' \"$1\" \"$number\" |",
            '    ' + kubectl(m) + ' apply --server-side --field-manager=scaler -f -',
            '}',
          ] + ['over ' + quote(m.names.workload(c)) for c in scaled])
          + markdown.text([
            'Expected: `serverside-applied` for each. Argo CD and Flux then leave the numbers as they are, and the scalers go on',
            'from there. Who applies by hand takes `kubectl apply --server-side --force-conflicts -k kubernetes`: without it',
            'kubectl itself takes the numbers away.',
          ]),
  }];

// scaling says what must be there before the number of pods follows the load.
local scaling(m) =
  local all = scale.all(m);
  local own = [entry for entry in all if entry.source != 'resource'];
  local brought = [entry for entry in own if entry.brought] != [];
  local query(entry) =
    if entry.source == 'external'
    then '/apis/external.metrics.k8s.io/v1beta1/namespaces/' + m.spec.kubernetes.namespace + '/' + entry.metric
    else '/apis/custom.metrics.k8s.io/v1beta1/namespaces/' + m.spec.kubernetes.namespace + '/pods/*/' + entry.metric;
  if all == [] then [] else [{
    title: 'Scaling',
    text: (if own == all then '' else markdown.text(['Processor and memory are measured by metrics-server:'])
                                      + markdown.code('sh', [kubectl(m) + ' top pods']))
          + (if own == [] then '' else markdown.text([
               'Other metrics are served by prometheus-adapter, which makes them of what Prometheus has collected; '
               + (if brought then 'its\nHelm chart takes `autoscaling/prometheus-adapter-values.yaml`.' else 'its\nrules are yours.')
               + ' Each must answer:',
             ]) + markdown.code('sh', ['kubectl get --raw ' + quote(query(entry)) for entry in own]))
          + markdown.text(['In the end every scaler names a number in place of `<unknown>`:'])
          + markdown.code('sh', [kubectl(m) + ' get horizontalpodautoscalers'])
          + (if m.cluster.has.serverSideApply then '' else markdown.text([
               'A workload that ran with a fixed number falls to one pod when `replicas` leaves its manifest, until the scaler',
               'sets the least number again, within half a minute: take the change over when few people pull.',
             ])),
  }] + handOver(m);

// replaced names the steps that an engine takes over.
local replaced(m) = if m.secretsFolder then 'the steps Secrets and Objects' else 'the step Objects';

// landed says when the controllers can see this rendering.
local landed(m) = if 'source' in m.spec.gitops then 'once this rendering is pushed (`hagen push`)' else 'once this rendering is committed';
local added(m) = if 'source' in m.spec.gitops then '`argocd repo add --type oci`' else '`argocd repo add`';

// engines say how a controller takes the objects over, now and after each commit.
local engines = {
  argocd(m, name): {
    local argocd = m.spec.gitops.argocd,
    local within = command.at(argocd.namespace),
    title: 'Argo CD',
    text: markdown.text(['In place of ' + replaced(m) + ', ' + landed(m) + '. Argo CD must be let into the', 'repository first (' + added(m) + ').'])
          + markdown.code('sh', (
            if kind(m) == 'Deployment' then []
            else [within + ' patch configmap argocd-cm --patch-file argocd/install/argocd-cm.yaml']
          ) + [
            folder(m, 'argocd'),
            // An Application that has nothing yet is Healthy.
            within + ' wait application/' + quote(name) + " --for=jsonpath='{.status.sync.status}'=Synced --timeout=20m",
            within + ' wait application/' + quote(name) + " --for=jsonpath='{.status.health.status}'=Healthy --timeout=20m",
          ])
          + markdown.text(['Expected: `condition met`, twice. The registry stays when the Application is deleted.']),
  },
  flux(m, name): {
    local flux = m.spec.gitops.flux,
    local within = command.at(flux.namespace),
    title: 'Flux',
    text: markdown.text(['In place of ' + replaced(m) + ', ' + landed(m) + (
            if m.spec.secrets.provider != 'sops' then '.'
            else ': Flux decrypts with the private key of one of\n`secrets.cluster_recipients`, which lies in the cluster and nowhere in Git.'
          )])
          + markdown.code('sh', (
            if m.spec.secrets.provider != 'sops' then []
            else [within + ' create secret generic ' + quote(flux.decryption_secret) + ' --from-file=age.agekey=/path/to/age.agekey']
          ) + [
            folder(m, 'flux'),
            within + ' wait kustomization/' + quote(name) + ' --for=condition=Ready --timeout=20m',
          ])
          + markdown.text(['Expected: `condition met`. Storage comes first, then the Secrets, then the rest; volumes, claims and Secrets', 'stay when the Kustomizations are deleted, and so does the registry.']),
  },
};

// replace is for workloads that leave a running pod as it is.
local replace(m) =
  if kind(m) == 'Deployment' then [] else [{
    title: 'Later: replace the pods after a change',
    text: markdown.text([
      'A ReplicationController never touches a pod that runs. After a change delete the pods of one',
      'component after the other, and wait until the new ones are ready:',
    ]) + markdown.code('sh', [
      kubectl(m) + ' delete pod -l ' + command.selector(m, c)
      for c in m.kubernetesComponents
      if !c.once
    ]),
  }];

// later tells whether a step is for the time after the first start.
local later(step) = std.get(step, 'later', false);

// m: the model
function(m)
  '# ' + m.spec.name + ' on Kubernetes ' + m.spec.kubernetes.version + '\n\n'
  + markdown.text(['Harbor ' + m.harbor.version + ' at ' + m.net.external + '.'])
  + markdown.steps(
    nodes.steps(m)
    + [namespace(m)] + directories(m) + [secrets(m)]
    + [step for step in m.steps.kubernetes if !later(step)]
    + [apply(m)]
    + [
      engines[engine](m, m.site)
      for engine in (if 'repository' in m.spec.gitops || 'source' in m.spec.gitops then m.spec.gitops.engines else [])
    ]
    + scaling(m) + [clients.step(m)] + [checks.registry(m)]
    + replace(m) + [step for step in m.steps.kubernetes if later(step)]
  )
