// The database: connections against the server's limit, and TLS by generation.
local replicas = import '../../targets/kubernetes/replicas.libsonnet';
local report = import 'report.libsonnet';

// Each process of these has a pool of max_open_conns.
local pooled = ['core', 'jobservice', 'exporter'];

local connections(m) =
  local limit = std.get(m.spec.database, 'server_max_connections');
  local processes(components, count) = std.sum([count(c) for c in components if std.member(pooled, c.name)]);
  local onNodes = if m.onCompose then processes(m.composeComponents, function(c) std.length(m.spec.vm.nodes)) else 0;
  local inPods = if m.onKubernetes then processes(m.kubernetesComponents, function(c) replicas(m, c)) else 0;
  local total = (onNodes + inPods) * m.database.max_open_conns;
  if limit == null || m.harbor.generation != '2' then [] else report.warn(
    total > limit,
    ['database', 'max_open_conns'],
    (onNodes + inPods) + ' processes with ' + m.database.max_open_conns + ' connections are ' + total + ', the server allows ' + limit,
    'under load the database answers "too many clients already", and pushes end in 500',
    'write max_open_conns = ' + std.max(1, std.floor(limit / std.max(1, onNodes + inPods))) + ' or less, or raise the limit of the server'
  );

local idle(m) = report.warn(
  m.database.max_open_conns > 0 && m.database.max_idle_conns > m.database.max_open_conns,
  ['database', 'max_idle_conns'],
  'more idle connections than connections: ' + m.database.max_idle_conns + ' of ' + m.database.max_open_conns,
  'the number has no effect',
  'write max_idle_conns = ' + m.database.max_open_conns + ' or less'
);

local tls(m) = report.refuse(
  m.harbor.generation == '1' && m.database.tls_mode != 'disable',
  ['database', 'tls_mode'],
  'Harbor ' + m.harbor.version + ' cannot speak TLS to its database',
  'its connection text has no place for it: the connection would be in the clear all the same',
  'write tls_mode = "disable", or leave it out'
);

// m: the model
function(m) connections(m) + idle(m) + tls(m)
