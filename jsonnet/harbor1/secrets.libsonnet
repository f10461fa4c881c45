// What must be secret and the same on every node and in every pod. With keys of
// their own, one node refuses the tokens of the other: a login then fails now
// and then.
local replication = import '../lib/replication.libsonnet';
local tls = import '../lib/tls.libsonnet';
local rotations = import 'rotations.libsonnet';

// The images of 1.x run as root.
local base = { owner: 0, mode: '0400' };

local random(length, description, rotation) =
  base { kind: 'random', length: length, description: description, rotation: rotation };

local given(description, rotation) = base { kind: 'given', description: description, rotation: rotation };

local keys = {
  secretkey: random(
    16,
    'encrypts passwords in the settings and the database; exactly 16 characters, no line break; never to be changed',
    rotations.secretkey
  ) { exact: true },
  'private_key.pem': base {
    kind: 'rsa',
    length: 4096,
    description: 'ui signs the tokens of docker clients with it',
    rotation: rotations.tokens,
  },
  'root.crt': base {
    kind: 'certificate',
    of: 'private_key.pem',
    description: 'the registry believes what this pair signs; where another pair lies, logins end with 401',
    rotation: rotations.tokens,
  },
};

local passwords(m) = {
  ui_secret: random(16, 'ui, jobservice and adminserver know each other by it', rotations.internal),
  jobservice_secret: random(16, 'ui, jobservice and adminserver know each other by it', rotations.internal),
  registry_http_secret: random(32, 'signs unfinished uploads', rotations.uploads),
  harbor_admin_password: random(20, 'password of admin, read at the first start only', rotations.admin),
  database_password: given('password of the database user ' + m.spec.database.username, rotations.database),
};

// accounts are those that [components.adminserver.env] configures.
local accounts = {
  ldap_search_password: given('password of LDAP_SEARCH_DN', rotations.account),
  email_password: given('password of EMAIL_USR', rotations.account),
};

local redis(m) = {
  // ui splits the address at its commas
  redis_password: given('password of Redis; it cannot hold a comma', rotations.redis) { forbid: ',' },
  redis_url: base {
    kind: 'composed',
    form: m.sessions.url('<redis_password>'),
    description: 'address of the Redis database of the sessions: server, pool size, password, index',
    rotation: rotations.composed,
  },
};

// m: the model
// Result: material -> what it is
function(m)
  local used = std.objectValues(m.components.adminserver.secretEnv);
  keys + passwords(m)
  + { [name]: accounts[name] for name in std.objectFields(accounts) if std.member(used, name) }
  + (if m.spec.redis.password then redis(m) else {})
  + (if m.net.tlsAtProxy then tls(m, base) else {})
  + replication.materials(m, function(description) given(description + '; at most 48 characters', rotations.replication))
