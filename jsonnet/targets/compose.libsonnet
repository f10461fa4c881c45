// The bundle: one Compose project per virtual machine. Nodes differ in nothing
// but their address, their port and where CephFS and the logs lie.
local component = import '../lib/component.libsonnet';
local service = import 'compose/service.libsonnet';
local host = import 'host.libsonnet';

local network(m) =
  local subnet = std.get(m.spec.vm, 'subnet');
  { name: 'harbor' } + (if subnet == null then {} else { ipam: { config: [{ subnet: subnet }] } });

// place resolves what a node may say otherwise than [vm] does.
local place(m, node) = {
  local vm = m.spec.vm,
  name: node.name,
  address: node.address,
  mountPoint: std.get(node, 'mount_point', vm.mount_point),
  logDirectory: std.get(node, 'log_directory', std.get(vm, 'log_directory', self.mountPoint + '/log/' + node.name)),
  dataDirectory: vm.data_directory + '/' + m.spec.name,
  secretsDirectory: vm.secrets_directory + '/' + m.spec.name,
  port: m.net.published(node),
  redirect: m.net.redirect,
};

// m: the model
// Result: a Bundle for each node
function(m)
  local parts = [
    { owner: c, parts: component.pod(c) }
    for c in m.composeComponents
  ];
  [
    local here = place(m, node);
    {
      apiVersion: 'hagen.dev/v1alpha1',
      kind: 'Bundle',
      metadata: { name: node.name, annotations: { 'hagen.dev/component': 'compose' } },
      spec: {
        services: [
          service(m, here, group.owner, part)
          for group in parts
          for part in group.parts
        ],
        networks: [network(m)],
        files: host(m, here),
      },
    }
    for node in m.spec.vm.nodes
  ]
