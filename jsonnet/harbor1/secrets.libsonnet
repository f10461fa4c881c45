// What must be secret and the same on every node and in every pod. With keys of
// their own, one node refuses the tokens of the other: a login then fails now
// and then.

// The images of 1.x run as root.
local base = { owner: 0, mode: '0400' };

local random(length, description) =
  base { kind: 'random', length: length, description: description };

local given(description) = base { kind: 'given', description: description };

local keys = {
  secretkey: random(16, 'encrypts passwords in the settings and the database; exactly 16 characters, no line break; never to be changed'),
  'private_key.pem': base {
    kind: 'rsa',
    length: 4096,
    description: 'ui signs the tokens of docker clients with it',
  },
  'root.crt': base {
    kind: 'certificate',
    of: 'private_key.pem',
    description: 'the registry believes what this pair signs; where another pair lies, logins end with 401',
  },
};

local passwords(m) = {
  ui_secret: random(16, 'ui, jobservice and adminserver know each other by it'),
  jobservice_secret: random(16, 'ui, jobservice and adminserver know each other by it'),
  registry_http_secret: random(32, 'signs unfinished uploads'),
  harbor_admin_password: random(20, 'password of admin, read at the first start only'),
  database_password: given('password of the database user ' + m.spec.database.username),
};

// accounts are those that [components.adminserver.env] configures.
local accounts = {
  ldap_search_password: given('password of LDAP_SEARCH_DN'),
  email_password: given('password of EMAIL_USR'),
};

local redis(m) = {
  redis_password: given('password of Redis; it cannot hold a comma'),
  redis_url: base {
    kind: 'composed',
    form: m.sessions.url('<redis_password>'),
    description: 'address of the Redis database of the sessions: server, pool size, password, index',
  },
};

// tls is the certificate that clients see, in a Secret of its own.
local tls(m) =
  local entry(description) = given(description) { secret: m.spec.registry.tls.secret_name };
  {
    'tls.crt': entry('certificate of ' + m.net.host + ', then its intermediates, PEM'),
    'tls.key': entry('private key of the certificate, PEM'),
  };

// m: the model
// Result: material -> what it is
function(m)
  local used = std.objectValues(m.components.adminserver.secretEnv);
  keys + passwords(m)
  + { [name]: accounts[name] for name in std.objectFields(accounts) if std.member(used, name) }
  + (if m.spec.redis.password then redis(m) else {})
  + (if m.net.tlsAtProxy then tls(m) else {})
