// How a cluster publishes the registry, and what its release can do.
local report = import 'report.libsonnet';

local refuse = report.refuse;
local warn = report.warn;
local expose(field) = ['kubernetes', 'expose', field];

local inRange(port) = port >= 30000 && port <= 32767;

local nodePort(m) =
  local k = m.spec.kubernetes.expose;
  local written = std.get(k, 'node_port');
  local edge = m.net.termination == 'edge';
  local port = if written == null then m.net.port else written;
  if k.type != 'NodePort' then [] else refuse(
    written == null && (edge || !inRange(m.net.port)),
    expose('node_port'),
    'no node_port is written' + (if edge then '' else ', and port ' + m.net.port + ' of registry.url cannot be one'),
    if edge
    then 'the balancer needs a port that stays the same'
    else 'node ports are 30000 to 32767: the api server refuses the Service',
    if edge
    then 'write node_port = 30080, or any of 30000 to 32767'
    else 'write a url with such a port, or expose type = "LoadBalancer"'
  ) + refuse(
    written != null && !edge && written != m.net.port,
    expose('node_port'),
    'node_port is ' + port + ', registry.url says port ' + m.net.port,
    'what is pushed under one address cannot be pulled by the other, and the token realm points at a closed port',
    'write the same port in both'
  );

local ingress(m) =
  local k = m.spec.kubernetes.expose;
  local routed = std.member(['Ingress', 'Gateway'], k.type);
  if !routed then [] else refuse(
    m.net.termination == 'proxy',
    ['registry', 'tls', 'termination'],
    'TLS ends at the proxy, but expose type ' + report.quoted(k.type) + ' ends it before',
    'the controller would speak http to a port that wants https: every request is answered 400',
    'write termination = "edge", or expose type = "LoadBalancer"'
  ) + refuse(
    m.net.isAddress,
    ['registry', 'url'],
    'registry.url names an address, and expose type ' + report.quoted(k.type) + ' selects by host name',
    'the api server refuses an address as host',
    'write a host name, or another expose type'
  ) + refuse(
    k.type == 'Gateway' && std.get(k, 'gateway_name', '') == '',
    expose('gateway_name'),
    'expose type is "Gateway" and gateway_name is not written',
    'a route without a parent is accepted and serves nothing',
    'write gateway_name = "…", and gateway_namespace if it lies elsewhere'
  ) + warn(
    !std.member([80, 443], m.net.port),
    ['registry', 'url'],
    'registry.url has port ' + m.net.port + ', and controllers listen on 80 and 443',
    'clients reach nothing unless your controller listens there too',
    'leave the port out of the url'
  );

local security(m) = refuse(
  m.harbor.generation == '1' && std.get(m.spec.kubernetes, 'pod_security') == 'restricted',
  ['kubernetes', 'pod_security'],
  'pod_security is "restricted", and the images of Harbor 1.x run as root',
  'the api server refuses every pod: "violates PodSecurity restricted"',
  'write "baseline", or leave it out'
);

// m: the model
function(m) if !m.onKubernetes then [] else nodePort(m) + ingress(m) + security(m)
