// The registry's URL against where TLS ends and which ports are published.
local report = import 'report.libsonnet';

local refuse = report.refuse;
local where = ['registry', 'tls', 'termination'];

local schemes(m) =
  local net = m.net;
  refuse(
    net.https && net.termination == 'off',
    where,
    'registry.url is https and termination is "off"',
    'nothing would speak TLS: docker answers "http: server gave HTTP response to HTTPS client"',
    'write termination = "proxy" (Harbor holds the certificate) or "edge" (a balancer does), or an http url'
  ) + refuse(
    !net.https && net.termination != 'off',
    where,
    'registry.url is http and termination is ' + report.quoted(net.termination),
    'core would make http addresses for clients that come by https: logins end in 403, pushes stop half way',
    'write an https url, or termination = "off"'
  );

local address(m) = refuse(
  std.member(['localhost', '127.0.0.1', '::1'], m.net.host),
  ['registry', 'url'],
  'registry.url names the machine itself',
  'every client would look for the token service on its own machine',
  'write the name that clients use'
);

// published compares the port of the URL with the one that a node listens on;
// only a balancer that ends TLS may translate it.
local published(m) =
  local vm = m.spec.vm;
  local wrong(node) = m.net.termination != 'edge' && m.net.published(node) != m.net.port;
  local place(i, node) = if std.objectHas(node, 'port') then ['vm', 'nodes', i, 'port'] else ['vm', 'port'];
  local all = std.flattenArrays(std.mapWithIndex(
    function(i, node) refuse(
      wrong(node),
      place(i, node),
      'node ' + node.name + ' publishes port ' + m.net.published(node) + ', registry.url says ' + m.net.port,
      'what is pushed under one address cannot be pulled by the other, and the token realm points at a closed port',
      'write port = ' + m.net.port + ', leave port out, or put the port into registry.url'
    ),
    vm.nodes
  ));
  // [vm] port is one mistake, however many nodes take it over
  local general = [finding for finding in all if finding.path == ['vm', 'port']];
  [finding for finding in all if finding.path != ['vm', 'port']] + general[:1];

local redirect(m) =
  local vm = m.spec.vm;
  local clashes = [node.name for node in vm.nodes if m.net.redirect > 0 && m.net.redirect == m.net.published(node)];
  refuse(
    std.length(clashes) > 0,
    ['vm', 'http_port'],
    'the redirect and the registry both want port ' + m.net.redirect + ' of node ' + std.join(', ', clashes),
    'docker compose ends with "port is already allocated"',
    'write http_port = 0 for no redirect, or another port'
  );

// m: the model
function(m) schemes(m) + address(m) + (if m.onCompose then published(m) + redirect(m) else [])
