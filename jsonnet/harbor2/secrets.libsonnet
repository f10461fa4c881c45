// The secrets of Harbor 2.x. All are equal on every node and in every pod.
// What each costs when it changes was seen on real registries.
local replication = import '../lib/replication.libsonnet';
local tls = import '../lib/tls.libsonnet';
local rotations = import 'rotations.libsonnet';
local shared = import 'shared.libsonnet';

// Every image runs as this user.
local base = { owner: 10000, mode: '0400' };

local random(length, description, rotation) =
  base { kind: 'random', length: length, description: description, rotation: rotation };

local given(description, rotation) = base { kind: 'given', description: description, rotation: rotation };

// urls are the addresses of Redis with the password in them, one for each
// database that has an index.
local urls(m) =
  local indexes = m.spec.redis.databases;
  {
    ['redis_url_' + name]: base {
      kind: 'composed',
      description: 'address of the Redis database of ' + name,
      form: m.redis.url(indexes[name]),
      rotation: rotations.composed,
    }
    for name in std.objectFields(indexes)
    if name != 'session'
  };

// copies are the passwords of other sites.
local copies(m) = replication.materials(m, function(description) given(description, rotations.replication));

// m: the model
function(m) {
  secretkey: random(
    16,
    'encrypts passwords in the database; exactly 16 characters, no line break; never to be changed',
    rotations.secretkey
  ) { exact: true },
  core_secret: random(16, 'core, jobservice and registryctl know each other by it', rotations.jobs),
  jobservice_secret: random(16, 'core, jobservice and registryctl know each other by it', rotations.internal),
  csrf_key: random(32, 'protects forms of the web interface; exactly 32 characters', rotations.csrf) { exact: true },
  registry_password: random(
    32,
    'password of ' + shared.registryUser + ', by which core and jobservice reach the registry',
    rotations.registry('passwd')
  ),
  registry_http_secret: random(32, 'signs unfinished uploads', rotations.uploads),
  harbor_admin_password: random(20, 'password of admin, read at the first start only', rotations.admin),
  'private_key.pem': base {
    kind: 'rsa',
    length: 4096,
    description: 'signs the tokens of docker clients; PKCS#1 (BEGIN RSA PRIVATE KEY)',
    rotation: rotations.tokens,
  },
  passwd: base {
    kind: 'htpasswd',
    description: 'registry_password as the registry checks it; bcrypt',
    form: shared.registryUser + ':<bcrypt of registry_password>',
    user: shared.registryUser,
    of: 'registry_password',
    rotation: rotations.registry('registry_password'),
  },
  database_password: given('password of the database user ' + m.spec.database.username, rotations.database),
  redis_password: given('password of Redis', rotations.redis),
  github_token: given('token of GitHub, by which Trivy downloads more than anonymously', rotations.github),
} + (if m.spec.redis.password then urls(m) else {}) + tls(m, base) + copies(m)
