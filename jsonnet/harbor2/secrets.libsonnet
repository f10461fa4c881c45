// The secrets of Harbor 2.x. All are equal on every node and in every pod.
local shared = import 'shared.libsonnet';

local random(length, description) = {
  kind: 'random',
  length: length,
  description: description,
  owner: 10000,
  mode: '0400',
};

local given(description) = { kind: 'given', description: description, owner: 10000, mode: '0400' };

// urls are the addresses of Redis with the password in them, one for each
// database that has an index.
local urls(m) =
  local indexes = m.spec.redis.databases;
  {
    ['redis_url_' + name]: {
      kind: 'composed',
      description: 'address of the Redis database of ' + name,
      form: m.redis.url(indexes[name]),
      owner: 10000,
      mode: '0400',
    }
    for name in std.objectFields(indexes)
    if name != 'session'
  };

// tls is the certificate that clients see, in a Secret of its own.
local tls(m) =
  local entry(description) = given(description) { secret: m.spec.registry.tls.secret_name };
  {
    'tls.crt': entry('certificate of ' + m.net.host + ', then its intermediates, PEM'),
    'tls.key': entry('private key of the certificate, PEM'),
  };

// m: the model
function(m) {
  secretkey: random(16, 'encrypts passwords in the database; exactly 16 characters, no line break; never to be changed'),
  core_secret: random(16, 'core, jobservice and registryctl know each other by it'),
  jobservice_secret: random(16, 'core, jobservice and registryctl know each other by it'),
  csrf_key: random(32, 'protects forms of the web interface; exactly 32 characters'),
  registry_password: random(32, 'password of ' + shared.registryUser + ', by which core and jobservice reach the registry'),
  registry_http_secret: random(32, 'signs unfinished uploads'),
  harbor_admin_password: random(20, 'password of admin, read at the first start only'),
  'private_key.pem': {
    kind: 'rsa',
    length: 4096,
    description: 'signs the tokens of docker clients; PKCS#1 (BEGIN RSA PRIVATE KEY)',
    owner: 10000,
    mode: '0400',
  },
  passwd: {
    kind: 'htpasswd',
    description: 'registry_password as the registry checks it; bcrypt',
    form: shared.registryUser + ':<bcrypt of registry_password>',
    user: shared.registryUser,
    of: 'registry_password',
    owner: 10000,
    mode: '0400',
  },
  database_password: given('password of the database user ' + m.spec.database.username),
  redis_password: given('password of Redis'),
  github_token: given('token of GitHub, by which Trivy downloads more than anonymously'),
} + (if m.spec.redis.password then urls(m) else {}) + tls(m)
