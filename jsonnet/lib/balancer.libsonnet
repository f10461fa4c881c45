// What stands in front of several nodes.

// m: the model
function(m)
  local vm = std.get(m.spec, 'vm', {});
  // defaults of the schema hold for a table that is written
  {
    kind: 'haproxy',
    certificate: '/etc/haproxy/harbor.pem',
    interface: 'eth0',
    router_id: 51,
  } + std.get(vm, 'balancer', {}) + {
    // wanted tells whether hagen writes its configuration
    wanted: self.kind == 'haproxy' && std.length(std.get(vm, 'nodes', [])) > 1,
    // endsTLS tells whether that configuration reads a certificate
    endsTLS: self.wanted && m.net.termination == 'edge',
  }
