// The addresses of Redis in the forms that Harbor 2.x reads.
local native = import 'native.libsonnet';

// spec: the whole spec
function(spec) {
  local this = self,
  local redis = spec.redis,
  local username = std.get(redis, 'username'),

  sentinel: redis.mode == 'sentinel',
  // host:port, or the sentinels separated by commas
  hosts: std.join(',', redis.addresses),
  scheme: 'redis' + (if redis.tls then 's' else '') + (if self.sentinel then '+sentinel' else ''),
  local userinfo(password) =
    if redis.password
    then (if username != null then native.urlUserinfo(username) else '') + ':' + password + '@'
    else '',
  local path(database) =
    (if self.sentinel then '/' + native.urlUserinfo(std.get(redis, 'master_set', '')) else '') + '/' + database,

  // url returns the address of one database; `password` stands at the
  // password's place if the server asks for one.
  // database: its index; password: text, already escaped
  url(database, password='<redis_password, URL-escaped>')::
    self.scheme + '://' + userinfo(password) + self.hosts + path(database)
    + '?idle_timeout_seconds=' + native.seconds(redis.idle_timeout),

  // variables places addresses in the environment: plain ones, or secrets if
  // there is a password in them.
  // uses: variable -> name of the database in redis.databases
  // Result: { env, secretEnv }, to be added to those of a component
  variables(uses)::
    if redis.password then {
      env: {},
      secretEnv: { [name]: 'redis_url_' + uses[name] for name in std.objectFields(uses) },
    } else {
      env: { [name]: this.url(redis.databases[uses[name]]) for name in std.objectFields(uses) },
      secretEnv: {},
    },
}
