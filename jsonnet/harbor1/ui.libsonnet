// ui is the web interface, the API and the token service; in 1.2 docker's own
// requests pass through it too, so that its policies can stop a pull.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local probe = import 'probe.libsonnet';

local config = {
  main: { appname: 'Harbor', runmode: 'dev', enablegzip: 'true' },
  sections: { dev: { httpport: '80' } },
};

// sessions shares the sessions of all instances by Redis, or users are logged
// out whenever they reach another one. The value is host:port, pool size,
// password, database: with a password in it a secret.
// m: the model
local sessions(m) =
  if m.spec.redis.password
  then { secretEnv+: { _REDIS_URL: 'redis_url' } }
  else { env+: { _REDIS_URL: m.sessions.url('') } };

// m: the model
function(m)
  component.of(m.harbor, 'ui') + {
    env: {
      LOG_LEVEL: m.spec.logging.level,
      CONFIG_PATH: '/etc/ui/app.conf',
      GODEBUG: 'netdns=cgo',
    },
    secretEnv: {
      UI_SECRET: 'ui_secret',
      JOBSERVICE_SECRET: 'jobservice_secret',
    },
    files: [{ path: '/etc/ui/app.conf', key: 'config', content: native.ini(config) }],
    // Single files: a volume over the whole of /etc/ui would hide /etc/ui/ca
    // and /etc/ui/token.
    secretFiles: [
      { path: m.harbor.paths.private_key, material: 'private_key.pem' },
      { path: '/etc/ui/key', material: 'secretkey' },
    ],
    // Open to everyone, and wrong as long as adminserver does not answer: then
    // no traffic, but no restart either.
    probe: probe.of({ tcp: 80 }, 180) + {
      readiness: { http: { path: '/api/systeminfo', port: 80 } },
    },
    dependsOn: ['log', 'adminserver', 'registry'],
  }
  + sessions(m)
