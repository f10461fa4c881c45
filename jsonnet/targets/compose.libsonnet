// The bundle: one Compose project per virtual machine. Nodes differ in nothing
// but their address, their port and where the shared files and the logs lie.
local service = import 'compose/service.libsonnet';
local host = import 'host.libsonnet';

local network(m) =
  { name: 'harbor' } + (if 'subnet' in m.spec.vm then { ipam: { config: [{ subnet: m.spec.vm.subnet }] } } else {});

// place resolves what a node may say otherwise than [vm] does.
local place(m, node) = {
  local vm = m.spec.vm,
  name: node.name,
  address: node.address,
  mountPoint: m.mountPoint(node),
  local logs = if self.mountPoint == null then m.dataDirectory + '/log' else self.mountPoint + '/log/' + node.name,
  logDirectory: std.get(node, 'log_directory', std.get(vm, 'log_directory', logs)),
  port: m.net.published(node),
};

// m: the model
// Result: a Bundle for each node
function(m)
  // what is the same on every node is made once
  local services = [service.of(m, c, part) for c in m.composeComponents for part in c.parts];
  local files = host(m);
  local networks = [network(m)];
  // secrets that the node itself reads
  local places = [
    { material: fact.material, owner: fact.owner, mode: fact.mode, path: fact.place }
    for fact in m.usage.node
    if 'place' in fact
  ];
  [
    local here = place(m, node);
    {
      apiVersion: 'hagen.dev/v1alpha1',
      kind: 'Bundle',
      metadata: { name: node.name, annotations: { 'hagen.dev/component': 'compose' } },
      spec: {
        services: [service.at(m, here, entry) for entry in services],
        networks: networks,
        files: files(here),
        secretFiles: places,
      },
    }
    for node in m.spec.vm.nodes
  ]
