// The Service of a component. The one that publishes the registry is reached
// from outside, as [kubernetes.expose] says.

// entryPorts maps the ports of the proxy. A load balancer listens where the URL
// points; anything else reaches the Service inside of the cluster or by node port.
local entryPorts(m, c) =
  local k = m.spec.kubernetes;
  local usual = { http: 80, https: 443 };
  local number(port) =
    if port.name == m.net.entry && k.expose.type == 'LoadBalancer' then m.net.port
    else std.get(usual, port.name, port.port);
  local nodePort(port) =
    if k.expose.type != 'NodePort' || port.name != m.net.entry then {}
    else { nodePort: std.get(k.expose, 'node_port', m.net.port) };
  // outside is the registry alone: neither its metrics nor, unless browsers can
  // reach it on the usual port, the redirect to https
  local outside = std.member(['NodePort', 'LoadBalancer'], k.expose.type);
  local redirect = k.expose.type == 'LoadBalancer' && m.net.port == 443;
  local kept(port) = port.name == m.net.entry || (if port.name == 'http' then redirect else !outside);
  [
    { name: port.name, port: number(port), targetPort: port.name, protocol: 'TCP' } + nodePort(port)
    for port in c.ports
    if kept(port)
  ];

local innerPorts(m, c) = [
  { name: port.name, port: m.names.servicePort(c, port), targetPort: port.name, protocol: 'TCP' }
  for port in c.ports
];

local entry(m, c) =
  local expose = m.spec.kubernetes.expose;
  local balancer = expose.type == 'LoadBalancer' && 'load_balancer_class' in expose;
  local type = if std.member(['Ingress', 'Gateway'], expose.type) then 'ClusterIP' else expose.type;
  {
    metadata+: { annotations+: if std.member(['Ingress', 'Gateway'], expose.type) then {} else expose.annotations },
    spec+: {
      type: type,
      ports: entryPorts(m, c),
      [if balancer then 'loadBalancerClass']: expose.load_balancer_class,
    },
  };

// m: the model; c: an effective component
// Result: its Service, or nothing if it listens nowhere
function(m, c)
  if std.length(c.ports) == 0 then [] else [{
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: m.names.service(c),
      namespace: m.spec.kubernetes.namespace,
      labels: m.names.serviceLabels(m, c),
      annotations: { 'hagen.dev/component': c.name },
    },
    spec: {
      type: 'ClusterIP',
      selector: m.names.selector(c),
      ports: innerPorts(m, c),
    },
  } + (if c.publish then entry(m, c) else {})]
