// log collects what the other services of a node write: rsyslog, which files
// it by date and service below the log directory. Clusters have their own.
local component = import '../lib/component.libsonnet';

// m: the model
function(m)
  component.of(m.harbor, 'log') + {
    targets: ['compose'],
  }
