// adminserver keeps the settings of the whole system and gives them to ui and
// jobservice: the address of the database belongs here and nowhere else.
local component = import '../lib/component.libsonnet';
local storage = import '../lib/storage.libsonnet';
local probe = import 'probe.libsonnet';

// What Harbor ships. [components.adminserver.env] changes it: settings made in
// the web interface last only until the next start, because RESET is "true".
local settings = {
  AUTH_MODE: 'db_auth',
  SELF_REGISTRATION: 'on',
  LDAP_URL: 'ldaps://ldap.mydomain.com',
  LDAP_SEARCH_DN: '',
  LDAP_BASE_DN: 'ou=people,dc=mydomain,dc=com',
  LDAP_FILTER: '',
  LDAP_UID: 'uid',
  LDAP_SCOPE: '3',
  LDAP_TIMEOUT: '5',
  EMAIL_HOST: 'smtp.mydomain.com',
  EMAIL_PORT: '25',
  EMAIL_USR: 'sample_admin@mydomain.com',
  EMAIL_SSL: 'false',
  EMAIL_FROM: 'admin <sample_admin@mydomain.com>',
  EMAIL_IDENTITY: '',
  PROJECT_CREATION_RESTRICTION: 'everyone',
  VERIFY_REMOTE_CERT: 'on',
  TOKEN_EXPIRATION: '30',
  CFG_EXPIRATION: '5',
  ADMIRAL_URL: 'NA',
  WITH_NOTARY: 'False',
};

// Where the other components are; the names are fixed in Harbor's code.
local addresses = {
  REGISTRY_URL: 'http://registry:5000',
  TOKEN_SERVICE_URL: 'http://ui/service/token',
  TOKEN_URL: 'http://ui',
};

// database points at the external MySQL. adminserver reads it after the first
// start only with RESET "true", and ui and jobservice ask adminserver: in
// their own environment it would have no effect.
// db: the spec's database with its defaults
local database(db) = {
  DATABASE_TYPE: 'mysql',
  MYSQL_HOST: db.host,
  MYSQL_PORT: std.toString(db.port),
  MYSQL_USR: db.username,
  MYSQL_DATABASE: db.name,
  RESET: 'true',
};

// password places a password that is only needed once its account is
// configured: a secret then, an empty variable before.
// needed: whether the account is configured; variable: its name; material: the
// secret
local password(needed, variable, material) =
  if needed then { secretEnv+: { [variable]: material } } else { env+: { [variable]: '' } };

// m: the model
function(m)
  local spec = m.spec;
  local written = std.get(std.get(spec.components, 'adminserver', {}), 'env', {});
  component.of(m.harbor, 'adminserver') + {
    env: settings + addresses + database(m.database) + {
      LOG_LEVEL: spec.logging.level,
      EXT_ENDPOINT: m.net.external,
      MAX_JOB_WORKERS: std.toString(spec.jobservice.workers),
      GODEBUG: 'netdns=cgo',
      JSON_CFG_STORE_PATH: '/etc/adminserver/config/config.json',
      // the volume whose capacity the web interface shows
      IMAGE_STORE_PATH: if m.storage.objects then '/' else '/data',
      [if m.harbor.features.clair then 'WITH_CLAIR']: 'False',
    },
    secretEnv: {
      HARBOR_ADMIN_PASSWORD: 'harbor_admin_password',
      MYSQL_PWD: 'database_password',
      UI_SECRET: 'ui_secret',
      JOBSERVICE_SECRET: 'jobservice_secret',
    },
    secretFiles: [{ path: '/etc/adminserver/key', material: 'secretkey' }],
    volumes: [{ name: 'config', path: '/etc/adminserver/config', readOnly: false }]
             + storage.mounts(m, { path: '/data', readOnly: true }),
    // its API answers only those who know a secret
    probe: probe.of({ tcp: 80 }, 60),
    dependsOn: ['log'],
  }
  + password(std.get(written, 'LDAP_SEARCH_DN', '') != '', 'LDAP_SEARCH_PWD', 'ldap_search_password')
  + password(std.get(written, 'EMAIL_USR', '') != '', 'EMAIL_PWD', 'email_password')
