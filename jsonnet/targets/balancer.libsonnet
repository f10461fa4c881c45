// The balancer in front of the nodes: HAProxy, and keepalived for its address.

local head = '# Made by hagen. Change the spec, not this file: the next build overwrites it.\n';

local section(title, lines) = title + '\n' + std.join('', ['    ' + line + '\n' for line in lines]);

local bracketed(address) = if std.member(address, ':') then '[' + address + ']' else address;

local servers(m) =
  local tls = if m.net.tlsAtProxy then ' check-ssl verify none check-sni ' + m.net.host else '';
  [
    'server ' + node.name + ' ' + bracketed(node.address) + ':' + m.net.published(node) + ' check' + tls
    for node in m.spec.vm.nodes
  ];

// checked asks what the component behind the proxy answers. It wants HTTP/1.1
// and a Host: without, it answers 400 and every node counts as down.
local checked(m) = [
  'option httpchk',
  'http-check send meth GET uri ' + m.harbor.health.path + ' ver HTTP/1.1 hdr Host ' + m.net.host,
  'http-check expect status 200',
  // some five seconds until a node counts as down; what it was serving is cut then, so
  // that clients try again elsewhere
  'default-server inter 2s fastinter 1s downinter 2s fall 2 rise 2 on-marked-down shutdown-sessions init-addr last,libc,none',
];

// retried sends a request to another node when one does not answer it. One that
// changes something goes out again only if no node has seen it.
local retried = [
  'retries 3',
  'option redispatch 1',
  'retry-on conn-failure empty-response response-timeout 502 503 504',
  'http-request disable-l7-retry unless METH_GET',
];

local backend(m) =
  section('backend harbor', [
    'mode ' + (if m.net.tlsAtProxy then 'tcp' else 'http'),
    '# not sticky: a node that differs from the others must show, and one that stops must not matter',
    'balance leastconn',
  ] + checked(m) + (if m.net.tlsAtProxy then ['retries 3', 'option redispatch 1'] else retried) + servers(m));

// redirects tells whether browsers that come by http are sent to https: always where TLS
// ends here, else unless the nodes do not do it either.
local redirects(m) = m.net.https && m.net.port == 443 && (!m.net.tlsAtProxy || m.net.redirect > 0);

local redirect(m) = section('frontend redirect', [
  'mode http',
  'bind :80',
  'bind [::]:80 v6only',
  'http-request redirect prefix ' + m.net.external + ' code 308',
]);

local frontend(m) =
  local tls = if m.net.termination == 'edge' then ' ssl crt ' + m.balancer.certificate + ' alpn h2,http/1.1' else '';
  section('frontend harbor', [
    'mode ' + (if m.net.tlsAtProxy then 'tcp' else 'http'),
    'bind :' + m.net.port + tls,
    'bind [::]:' + m.net.port + ' v6only' + tls,
  ] + (
    // what a client says of itself must not count
    if m.net.tlsAtProxy then [] else [
      'option forwardfor',
      'http-request set-header X-Forwarded-Proto ' + m.net.scheme,
    ]
  ) + ['default_backend harbor']);

// sections stand apart by an empty line.
local haproxy(m) = std.join('\n', [
  head + '# Port ' + m.net.port + ' for ' + m.spec.name + '; haproxy -c -f haproxy.cfg checks it.\n',
  section('global', [
    'log /dev/log local0',
    'maxconn 4096',
    'user haproxy',
    'group haproxy',
    'ssl-default-bind-options ssl-min-ver TLSv1.2',
  ]),
  section('defaults', [
    'log global',
    'option ' + (if m.net.tlsAtProxy then 'tcplog' else 'httplog'),
    'option dontlognull',
    'timeout connect 3s',
    'timeout check 3s',
    '# a layer may take long, in either direction',
    'timeout client 900s',
    'timeout server 900s',
    'timeout http-request 60s',
    'timeout http-keep-alive 30s',
    'timeout queue 60s',
  ]),
  frontend(m),
] + (if redirects(m) then [redirect(m)] else []) + [backend(m)]);

// keepalived is the same file on every balancer: all begin as backups, and the
// one that got the address keeps it while its HAProxy runs.
local keepalived(m) =
  head + std.join('\n', [
    'global_defs {',
    '    enable_script_security',
    '    script_user root',
    '}',
    '',
    'vrrp_script haproxy {',
    '    script "/usr/bin/pgrep -x haproxy"',
    '    interval 2',
    '    fall 2',
    '    rise 2',
    '}',
    '',
    'vrrp_instance ' + m.spec.name + ' {',
    '    state BACKUP',
    '    nopreempt',
    '    interface ' + m.balancer.interface,
    '    virtual_router_id ' + m.balancer.router_id,
    '    priority 100',
    '    advert_int 1',
    '    virtual_ipaddress {',
    '        ' + m.balancer.virtual_address,
    '    }',
    '    track_script {',
    '        haproxy',
    '    }',
    '}',
    '',
  ]);

// m: the model
// Result: the files of the folder balancer
function(m)
  [{ path: 'haproxy.cfg', content: haproxy(m) }]
  + (if 'virtual_address' in m.balancer then [{ path: 'keepalived.conf', content: keepalived(m) }] else [])
