// portal serves the files of the web interface.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local nginx = import 'nginx.libsonnet';
local shared = import 'shared.libsonnet';

local raw = nginx.raw;

local compressed = [
  'text/plain',
  'text/css',
  'text/xml',
  'text/javascript',
  'application/json',
  'application/javascript',
  'application/x-javascript',
  'application/xml',
  'application/xml+rss',
];

local server = [
  ['listen', 8080],
  ['server_name', 'localhost'],
  ['server_tokens', 'off'],
  ['root', '/usr/share/nginx/html'],
  ['index', 'index.html', 'index.htm'],
  ['gzip', 'on'],
  ['gzip_min_length', 1000],
  ['gzip_proxied', 'expired', 'no-cache', 'no-store', 'private', 'auth'],
  ['gzip_types'] + compressed,
  ['location', '/devcenter-api-2.0', [['try_files', raw('$uri'), raw('$uri/'), '/swagger-ui-index.html']]],
  ['location', '/', [['try_files', raw('$uri'), raw('$uri/'), '/index.html']]],
  // the page that names all other files must never be an old one
  ['location', '=', '/index.html', [['add_header', 'Cache-Control', 'no-store, no-cache, must-revalidate']]],
];

local config = nginx.main(1024, [
  ['include', '/etc/nginx/mime.types'],
  ['server', server],
]);

// m: the model
function(m)
  component.of(m.harbor, 'portal') + {
    files: [{ path: '/etc/nginx/nginx.conf', key: 'nginx.conf', content: native.nginx(config) }],
    scratch: [{ name: 'tmp', path: '/tmp' }],
    probe: { http: { path: '/', port: 8080 } },
    compose+: shared.healthcheck(self.probe),
    resources: shared.requests('50m', '64Mi', '64Mi'),
    dependsOn: ['log'],
  }
