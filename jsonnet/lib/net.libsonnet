// Names, ports and schemes: everything that follows from registry.url and from
// where TLS ends.
local native = import 'native.libsonnet';

// spec: the whole spec
function(spec) {
  local registry = spec.registry,
  local url = native.parseURL(registry.url),
  local vm = std.get(spec, 'vm', {}),

  scheme: url.scheme,
  host: url.host,
  port: url.port,
  // host[:port] as clients write it: in image names, daemon.json, pull commands
  authority: url.authority,
  external: url.scheme + '://' + url.authority,
  https: url.scheme == 'https',
  termination: std.get(std.get(registry, 'tls', {}), 'termination', if url.scheme == 'https' then 'proxy' else 'off'),
  // the authority that clients must be told of, null where they know it
  authorityFile: if url.scheme == 'https' then std.get(std.get(registry, 'tls', {}), 'ca') else null,
  // TLS ends at Harbor's own proxy, which therefore holds the certificate
  tlsAtProxy: self.termination == 'proxy',
  // the name of the proxy's port behind the registry's URL
  entry: if self.tlsAtProxy then 'https' else 'http',

  // published returns the port of a node that the URL, or the balancer, reaches.
  published(node):: std.get(node, 'port', std.get(vm, 'port', if self.termination == 'edge' then 80 else self.port)),
  // redirect returns the port of a node that only sends browsers to https, 0 for none.
  redirect:: if self.tlsAtProxy then std.get(vm, 'http_port', 80) else 0,

  // isAddress tells whether the URL names an IP address instead of a host.
  isAddress:: std.member(url.host, ':') || std.stripChars(url.host, '0123456789.') == '',
}
