// registry is Docker's distribution 2.6: it stores the images and believes the
// tokens that ui signs.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local storage = import '../lib/storage.libsonnet';
local probe = import 'probe.libsonnet';

// The registry's own names of the log levels.
local levels = { warning: 'warn', fatal: 'error' };

// Configuration as distribution 2.6 reads it. There is no http.secret in it:
// it signs unfinished uploads, must be equal everywhere, and comes from the
// environment.
// m: the model
local config(m) =
  local spec = m.spec;
  local purging = spec.upload_purging;
  {
    version: 0.1,
    log: {
      level: std.get(levels, spec.logging.level, spec.logging.level),
      fields: { service: 'registry' },
    },
    storage: {
      cache: { layerinfo: 'inmemory' },
      maintenance: {
        uploadpurging: if purging.enabled then {
          enabled: true,
          age: purging.age,
          interval: purging.interval,
          dryrun: purging.dry_run,
        } else { enabled: false },
      },
      delete: { enabled: true },
    } + storage.driver(m),
    http: {
      addr: ':5000',
      debug: { addr: 'localhost:5001' },
    },
    auth: {
      token: {
        issuer: 'harbor-token-issuer',
        // the address that docker, not Harbor, fetches its token from
        realm: m.net.external + '/service/token',
        rootcertbundle: m.harbor.paths.root_certificate,
        service: 'harbor-registry',
      },
    },
    notifications: {
      endpoints: [{
        name: 'harbor',
        disabled: false,
        url: 'http://ui/service/notifications',
        timeout: '3000ms',
        threshold: 5,
        backoff: '1s',
      }],
    },
  };

// m: the model
function(m)
  component.of(m.harbor, 'registry') + {
    // The program itself, not the script of the image: later builds of the same
    // tag change the owner of /etc/registry first, which fails on read-only
    // files, and read another default configuration.
    command: ['registry'],
    args: ['serve', m.harbor.paths.registry_config],
    env: { GODEBUG: 'netdns=cgo' },
    secretEnv: { REGISTRY_HTTP_SECRET: 'registry_http_secret' } + storage.secretEnv(m),
    files: [{
      path: m.harbor.paths.registry_config,
      key: 'config',
      content: native.yaml(config(m)),
      // Go takes the first list of authorities that it finds, and looks here first;
      // the registry speaks TLS to nobody else
    }] + storage.files(m, '/etc/ssl/certs/ca-certificates.crt'),
    secretFiles: [{ path: m.harbor.paths.root_certificate, material: 'root.crt' }],
    volumes: storage.mounts(m, { readOnly: false }),
    probe: probe.of({ http: { path: '/', port: 5000 } }, 60),
    dependsOn: ['log'],
  }
