// proxy is nginx, the only container that the outside reaches.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local probe = import 'probe.libsonnet';

local certificate = '/etc/nginx/cert/server.crt';
local key = '/etc/nginx/cert/server.key';

// raw marks a word that holds variables of nginx.
local raw(text) = { raw: text };

// forwarded tells the component behind whom the client is and what it asked.
// `Host` keeps the port, or upload addresses and the token realm lose it.
// net: names and ports of the registry
local forwarded(net) = [
  ['proxy_set_header', 'Host', raw('$http_host')],
  ['proxy_set_header', 'X-Real-IP', raw('$remote_addr')],
  ['proxy_set_header', 'X-Forwarded-For', raw('$proxy_add_x_forwarded_for')],
  // A balancer that ends TLS has set it already, and $scheme would turn its
  // https into http.
  if net.termination != 'edge' then ['proxy_set_header', 'X-Forwarded-Proto', raw('$scheme')],
  if net.tlsAtProxy then ['proxy_cookie_path', '/', '/; secure'],
  ['proxy_buffering', 'off'],
  ['proxy_request_buffering', 'off'],
];

local closed(path) = ['location', path, [['return', 404]]];

// locations of the registry; /service/notifications is for the registry alone,
// which calls ui directly.
// m: the model
local locations(m) =
  local images = if m.harbor.features.registry_proxy
  then 'http://ui/registryproxy/v2/'
  else 'http://registry/v2/';
  local to(path, address) = ['location', path, [['proxy_pass', address]] + forwarded(m.net)];
  [
    to('/', 'http://ui/'),
    closed('/v1/'),
    to('/v2/', images),
    to('/service/', 'http://ui/service/'),
    closed('/service/notifications'),
  ];

local tls = [
  ['ssl_certificate', certificate],
  ['ssl_certificate_key', key],
  ['ssl_protocols', 'TLSv1.2'],
  ['ssl_ciphers', 'ECDHE+AESGCM:ECDHE+AES:!aNULL'],
  ['ssl_prefer_server_ciphers', 'on'],
  ['ssl_session_cache', 'shared:SSL:10m'],
];

// Images are large: no limit, and chunks instead of a length.
local unlimited = [
  ['client_max_body_size', 0],
  ['chunked_transfer_encoding', 'on'],
];

// servers: the registry itself and, with TLS, the redirect to it. No
// server_name: any name that leads here is served.
// m: the model
local servers(m) =
  local net = m.net;
  if net.tlsAtProxy then [
    ['server', [['listen', 443, 'ssl']] + tls + unlimited + locations(m)],
    ['server', [['listen', 80], ['return', 301, raw(net.external + '$request_uri')]]],
  ] else [
    ['server', [['listen', 80]] + unlimited + locations(m)],
  ];

// m: the model
local config(m) = [
  ['worker_processes', 'auto'],
  ['events', [
    ['worker_connections', 1024],
    ['use', 'epoll'],
    ['multi_accept', 'on'],
  ]],
  ['http', [
    ['tcp_nodelay', 'on'],
    // needed for passing requests on before they are complete
    ['proxy_http_version', 1.1],
    if !m.harbor.features.registry_proxy then ['upstream', 'registry', [['server', 'registry:5000']]],
    ['upstream', 'ui', [['server', 'ui:80']]],
    ['log_format', 'timed_combined', raw('$remote_addr - "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $upstream_response_time $pipe')],
    ['access_log', '/dev/stdout', 'timed_combined'],
  ] + servers(m)],
];

// m: the model
function(m)
  component.of(m.harbor, 'proxy') + {
    publish: true,
    ports: [{ name: 'http', port: 80 }]
           + (if m.net.tlsAtProxy then [{ name: 'https', port: 443 }] else []),
    files: [{ path: '/etc/nginx/nginx.conf', key: 'config', content: native.nginx(config(m)) }],
    secretFiles: if m.net.tlsAtProxy then [
      { path: certificate, material: 'tls.crt' },
      { path: key, material: 'tls.key' },
    ] else [],
    probe: probe.of({ tcp: 80 }, 60),
    // SIGQUIT lets what is under way end, and takes no more
    compose+: { stop_signal: 'SIGQUIT', stop_grace_period: '60s' },
    dependsOn: ['log', 'registry', 'ui'],
    kubernetes: { name: 'nginx' },
  }
