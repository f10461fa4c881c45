// Redis: what each generation can reach, and which database belongs to whom.
local report = import 'report.libsonnet';

local refuse = report.refuse;
local where(field) = ['redis', field];

local addresses(m) =
  local redis = m.spec.redis;
  refuse(
    redis.mode == 'single' && std.length(redis.addresses) != 1,
    where('addresses'),
    'mode "single" with ' + std.length(redis.addresses) + ' addresses',
    'Harbor answers "too many colons in address"; Redis Cluster is not supported',
    'write one address, or mode = "sentinel" with master_set'
  ) + refuse(
    redis.mode == 'sentinel' && std.get(redis, 'master_set', '') == '',
    where('master_set'),
    'mode is "sentinel" and master_set is not written',
    'the registry would take the list of sentinels for one host: "too many colons in address"',
    'write the name that `sentinel masters` prints'
  ) + refuse(
    std.objectHas(redis, 'username') && !redis.password,
    where('username'),
    'a username without a password',
    'the address of Redis would be malformed, and core does not start',
    'write password = true, or leave username out'
  );

// old is what the sessions of Harbor 1.x cannot: plain TCP, one server.
local old(m) =
  local redis = m.spec.redis;
  local refused(wrong, field, what) = refuse(
    m.harbor.generation == '1' && wrong,
    where(field),
    'Harbor ' + m.harbor.version + ' cannot use ' + what,
    'ui reads host:port, pool size, password and database only: sessions are lost or ui does not start',
    'give it a Redis that answers in the clear, such as HAProxy before the master'
  );
  refused(redis.tls, 'tls', 'TLS to Redis')
  + refused(redis.mode == 'sentinel', 'mode', 'sentinels')
  + refused(std.objectHas(redis, 'username'), 'username', 'a user name of Redis');

local username(m) = refuse(
  m.harbor.generation == '2' && std.objectHas(m.spec.redis, 'username') && !m.harbor.features.registry_redis_username,
  where('username'),
  'the registry and the jobservice of Harbor ' + m.harbor.minor + ' do not know a user name of Redis',
  'the registry logs "WRONGPASS" or "NOAUTH" and pushes end in 500',
  'use Harbor 2.15, or the default user of Redis'
);

// indexes must differ where one program would delete what another keeps.
local indexes(m) =
  local databases = m.spec.redis.databases;
  local own = ['core', 'registry', 'jobservice'] + (if m.spec.trivy.enabled then ['trivy'] else []);
  local clash(name, others) = [other for other in others if other != name && databases[other] == databases[name]];
  local extra = [name for name in ['harbor', 'cache'] if std.objectHas(databases, name)];
  local one(name, others) = refuse(
    std.length(clash(name, others)) > 0,
    ['redis', 'databases', name],
    name + ' and ' + std.join(', ', clash(name, others)) + ' share the Redis database ' + databases[name],
    'garbage collection and cache clearing delete the keys of the other: sessions and jobs vanish',
    'give each its own index'
  );
  if m.harbor.generation != '2' then []
  else std.flattenArrays(
    [one(own[i], own[:i]) for i in std.range(1, std.length(own) - 1)]
    // these two may lie with core, which is where they are without an index
    + [one(name, own[1:]) for name in extra]
  );

// m: the model
function(m) addresses(m) + old(m) + username(m) + indexes(m)
