// Settings against the version of Harbor and against one another.
local native = import '../native.libsonnet';
local report = import 'report.libsonnet';

local refuse = report.refuse;
local warn = report.warn;

local metrics(m) =
  local settings = m.spec.metrics;
  local old = m.harbor.generation == '1';
  if !settings.enabled then [] else warn(
    old,
    ['metrics', 'enabled'],
    'Harbor ' + m.harbor.version + ' has no metrics',
    'nothing listens on the port, and alerts stay silent',
    'write enabled = false'
  ) + refuse(
    !old && std.member([5000, 5001, 8080, 8443], settings.port),
    ['metrics', 'port'],
    'metrics on port ' + settings.port + ', which a component already uses',
    'core, registry and proxy open the same number inside of their containers: "address already in use"',
    'write port = 9090'
  ) + refuse(
    m.onCompose && std.length([node for node in m.spec.vm.nodes if m.net.published(node) == settings.port]) > 0,
    ['metrics', 'port'],
    'metrics and the registry are both published on port ' + settings.port,
    'docker compose ends with "port is already allocated"',
    'write another port'
  );

local trust(m) = warn(
  m.harbor.generation == '1' && std.length(m.spec.registry.trusted_ca) > 0,
  ['registry', 'trusted_ca'],
  'the images of Harbor ' + m.harbor.version + ' read no certificate authorities from outside',
  'the files have no effect',
  'leave trusted_ca out'
);

local logging(m) =
  local settings = m.spec.logging;
  local external = std.objectHas(settings, 'external');
  refuse(
    external && settings.driver != 'harbor',
    ['logging', 'external'],
    'logs are sent on by the log container, and driver is ' + report.quoted(settings.driver),
    'nothing would be sent',
    'write driver = "harbor", or leave [logging.external] out'
  ) + refuse(
    external && m.harbor.generation == '1',
    ['logging', 'external'],
    'the log container of Harbor ' + m.harbor.version + ' sends nothing on',
    'nothing would be sent',
    'write driver = "journald" and let the node send its journal'
  );

// whole refuses a duration that is no multiple of the unit that Harbor counts in.
local whole(m, path, unit, name) =
  local duration = std.foldl(function(table, key) table[key], path, m.spec);
  local count = native.seconds(duration) / unit;
  refuse(
    count < 1 || count != std.floor(count),
    path,
    report.quoted(duration) + ' is no whole number of ' + name,
    'Harbor counts it in ' + name + ' and would use another value',
    'write a whole number of ' + name + if unit == 86400 then ', such as "24h"' else ''
  );

local durations(m) = if m.harbor.generation != '2' then [] else
  whole(m, ['jobservice', 'log_sweep'], 86400, 'days')
  + whole(m, ['jobservice', 'webhook_timeout'], 1, 'seconds')
  + (if m.spec.cache.enabled then whole(m, ['cache', 'expire'], 3600, 'hours') else []);

local jobLogs(m) = warn(
  m.harbor.generation == '2' && !std.member(m.spec.jobservice.loggers, 'FILE') && !std.member(m.spec.jobservice.loggers, 'DB'),
  ['jobservice', 'loggers'],
  'job logs are written to standard output only',
  'the web interface answers 404 to every job log',
  'add "FILE" or "DB"'
);

// credentials finds a password in the address of a proxy.
local credentials(m) = std.flatMap(
  function(field) refuse(
    std.member(std.get(m.spec.proxy, field, ''), '@'),
    ['proxy', field],
    'the address of the proxy holds a user or a password',
    'it would lie in Git and in a ConfigMap in the clear',
    'use a proxy that knows the machines by their address'
  ),
  ['http_proxy', 'https_proxy']
);

// m: the model
function(m) metrics(m) + trust(m) + logging(m) + durations(m) + jobLogs(m) + credentials(m)
