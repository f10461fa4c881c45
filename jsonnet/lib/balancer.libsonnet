// What stands in front of several nodes.

// spec: the whole spec
function(spec)
  local vm = std.get(spec, 'vm', {});
  // defaults of the schema hold for a table that is written
  {
    kind: 'haproxy',
    certificate: '/etc/haproxy/harbor.pem',
    interface: 'eth0',
    router_id: 51,
  } + std.get(vm, 'balancer', {}) + {
    // wanted tells whether hagen writes its configuration
    wanted: self.kind == 'haproxy' && std.length(std.get(vm, 'nodes', [])) > 1,
  }
