// log collects what the other services of a node write: rsyslog, which files it
// by service below the log directory or sends it on. Clusters have their own.
local component = import '../lib/component.libsonnet';
local shared = import 'shared.libsonnet';

// quoted writes a text for rsyslog.
local quoted(text) = '"' + std.strReplace(std.strReplace(text, '\\', '\\\\'), '"', '\\"') + '"';

// action says where a line goes: into a file of its own service, or outside.
local action(logging) =
  local external = std.get(logging, 'external');
  if external == null
  then 'action(type="omfile" dynaFile="DynaFile")'
  else 'action(type="omfwd" Target=' + quoted(external.host) + ' Port="' + external.port
       + '" Protocol=' + quoted(external.protocol) + ' Template="RSYSLOG_SyslogProtocol23Format")';

local rsyslog(logging) =
  'template(name="DynaFile" type="string" string="/var/log/docker/%programname%.log")\n\n'
  + 'if $programname != "rsyslogd" then {\n    ' + action(logging) + '\n}\n';

local logrotate(logging) = std.join('\n', [
  '/var/log/docker/*.log {',
  '    rotate ' + logging.rotate_count,
  '    size ' + logging.rotate_size,
  '    copytruncate',
  '    compress',
  '    missingok',
  '    nodateext',
  '}',
  '',
]);

// m: the model
function(m)
  component.of(m.harbor, 'log') + {
    targets: ['compose'],
    // as the check of the image, and often: everything waits for it
    compose+: shared.health(['CMD-SHELL', "netstat -ltn | grep -q ':" + m.harbor.logPort + " '"], '2s'),
    files: [
      { path: '/etc/logrotate.d/logrotate.conf', key: 'logrotate.conf', content: logrotate(m.spec.logging) },
      { path: '/etc/rsyslog.d/rsyslog_docker.conf', key: 'rsyslog_docker.conf', content: rsyslog(m.spec.logging) },
    ],
  }
