// proxy is the nginx that clients talk to: on a node the published port, in a
// cluster what the Service, the Ingress or the Gateway leads to.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local nginx = import 'nginx.libsonnet';
local shared = import 'shared.libsonnet';

local raw = nginx.raw;

local certificate = '/etc/cert/server.crt';
local key = '/etc/cert/server.key';

// forwarded tells the component behind who asked and how. The Host keeps its
// port: core makes the token realm of it.
local forwarded = [
  ['proxy_set_header', 'Host', raw('$http_host')],
  ['proxy_set_header', 'X-Real-IP', raw('$remote_addr')],
  ['proxy_set_header', 'X-Forwarded-For', raw('$proxy_add_x_forwarded_for')],
  ['proxy_set_header', 'X-Forwarded-Proto', raw('$x_forwarded_proto')],
  // a layer passes through, it is not kept
  ['proxy_buffering', 'off'],
  ['proxy_request_buffering', 'off'],
];

local patient = [['proxy_send_timeout', 900], ['proxy_read_timeout', 900]];

local cookies(net, flags) = if net.https then [['proxy_cookie_path', '/', flags]] else [];

local closed(path) = ['location', path, [['return', 404]]];

// locations of the registry; /service/notifications is for components alone.
local locations(net) =
  local to(path, address, more=[]) = ['location', path, [['proxy_pass', address]] + forwarded + more];
  local secure = cookies(net, '/; Secure');
  [
    to('/', 'http://portal/', cookies(net, '/; HttpOnly; Secure')),
    to('/c/', 'http://core/c/', secure + patient),
    to('/api/', 'http://core/api/', secure),
    closed('/v1/'),
    to('/v2/', 'http://core/v2/', patient),
    to('/service/', 'http://core/service/', secure),
    closed('/service/notifications'),
  ];

local protocols = { '1.2': ['TLSv1.2', 'TLSv1.3'], '1.3': ['TLSv1.3'] };

local tls(m) = [
  ['ssl_certificate', certificate],
  ['ssl_certificate_key', key],
  ['ssl_protocols'] + protocols[m.spec.registry.tls.min_version],
  ['ssl_ciphers', 'ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM'],
  ['ssl_prefer_server_ciphers', 'on'],
  ['ssl_session_cache', 'shared:SSL:10m'],
  ['add_header', 'Strict-Transport-Security', 'max-age=31536000'],
];

// entry serves everything under any name: no server_name.
local entry(m) = [
  ['server_tokens', 'off'],
  ['client_max_body_size', 0],
  ['chunked_transfer_encoding', 'on'],
  ['client_body_buffer_size', '128k'],
  // addresses of the API may be very long
  ['large_client_header_buffers', 16, '5120k'],
  ['add_header', 'X-Frame-Options', 'DENY'],
  ['add_header', 'Content-Security-Policy', "frame-ancestors 'none'"],
] + locations(m.net);

local servers(m) = if m.net.tlsAtProxy then [
  ['server', [['listen', 8443, 'ssl']] + tls(m) + entry(m)],
  ['server', [['listen', 8080], ['server_tokens', 'off'], ['return', 308, raw(m.net.external + '$request_uri')]]],
] else [
  ['server', [['listen', 8080]] + entry(m)],
];

// metrics answers for all components at one address: /metrics?comp=core.
local metrics(m) =
  local settings = m.spec.metrics;
  local counted = { core: 'core', jobservice: 'jobservice', registry: 'registry' };
  if !settings.enabled then [] else [
    ['upstream', 'metrics_' + name, [['server', counted[name] + ':' + settings.port]]]
    for name in std.objectFields(counted)
  ] + [
    ['upstream', 'metrics_exporter', [['server', 'exporter:8080']]],
    ['map', raw('$arg_comp'), raw('$metrics_of'), [['default', 'metrics_exporter']] + [
      [name, 'metrics_' + name]
      for name in std.objectFields(counted)
    ]],
    ['server', [
      ['listen', settings.port],
      ['server_tokens', 'off'],
      ['location', '=', settings.path, [['proxy_pass', raw('http://$metrics_of')]]],
      ['location', '/', [['return', 404]]],
    ]],
  ];

local timed = '$remote_addr - "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $upstream_response_time $pipe';

local config(m) = nginx.main(3096, [
  ['tcp_nodelay', 'on'],
  // what passing a request on before it is whole needs
  ['proxy_http_version', 1.1],
  ['upstream', 'core', [['server', 'core:8080']]],
  ['upstream', 'portal', [['server', 'portal:8080']]],
  ['log_format', 'timed_combined', raw(timed)],
  ['access_log', '/dev/stdout', 'timed_combined'],
  // a balancer in front says how the client came; without its word, behind one
  // that ends TLS, it was https
  ['map', raw('$http_x_forwarded_proto'), raw('$x_forwarded_proto'), [
    ['default', raw('$http_x_forwarded_proto')],
    ['', if m.net.termination == 'edge' then 'https' else raw('$scheme')],
  ]],
] + servers(m) + metrics(m));

// m: the model
function(m)
  component.of(m.harbor, 'proxy') + {
    publish: true,
    ports: [{ name: 'http', port: 8080 }]
           + (if m.net.tlsAtProxy then [{ name: 'https', port: 8443 }] else [])
           + shared.metricsPort(m),
    files: [{ path: '/etc/nginx/nginx.conf', key: 'nginx.conf', content: native.nginx(config(m)) }],
    secretFiles: if m.net.tlsAtProxy then [
      { path: certificate, material: 'tls.crt' },
      { path: key, material: 'tls.key' },
    ] else [],
    scratch: [{ name: 'tmp', path: '/tmp' }],
    // a portal that is down is no reason to restart nginx
    probe: { tcp: if m.net.tlsAtProxy then 8443 else 8080, liveness: { initialDelaySeconds: 10 } },
    // SIGQUIT lets what is under way end, and takes no more
    compose+: { stop_signal: 'SIGQUIT', stop_grace_period: '60s' } + shared.entryHealth(m),
    resources: shared.requests('100m', '128Mi', '256Mi'),
    // nginx does not start before it finds the addresses of all
    dependsOn: ['log', 'registry', 'core', 'portal'] + (if m.spec.metrics.enabled then ['jobservice', 'exporter'] else []),
  }
