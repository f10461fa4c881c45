// Harbor 2.13 to 2.15: the components and what they share.
local storage = import '../lib/storage.libsonnet';
local replication = import 'replication.libsonnet';

{
  local spec = $.spec,

  volumes+:: {
    [if !$.storage.objects then 'registry']: storage.shared($, spec.storage.paths.registry, storage.claim(spec, 'registry'), 10000),
    [if $.storage.system != null || std.member($.jobLoggers, 'FILE') then 'job-logs']: storage.shared($, spec.storage.paths.job_logs, storage.claim(spec, 'job_logs'), 10000),
    'trivy-cache': storage.onNode('trivy-adapter/trivy', storage.claim(spec, 'trivy'), 10000),
    'trivy-reports': storage.onNode('trivy-adapter/reports', '1Gi', 10000),
  },

  wantsShared:: if std.member($.jobLoggers, 'FILE') then ['job-logs'] else [],
  // in files where instances share some, else in the database
  jobLoggers:: std.get(spec.jobservice, 'loggers', if $.storage.system == null then ['DB'] else ['FILE']),

  secrets+:: (import 'secrets.libsonnet')($),
  installed:: import 'installed.libsonnet',
  steps+:: (import 'steps.libsonnet')($),
  databaseFiles:: [{ path: 'bootstrap.sql', content: (import 'account.libsonnet')($) }],
  metrics:: import 'metrics.libsonnet',
  replicationFiles:: replication.bodies($),

  components+:: {
    core: (import 'core.libsonnet')($),
    jobservice: (import 'jobservice.libsonnet')($),
    portal: (import 'portal.libsonnet')($),
    proxy: (import 'proxy.libsonnet')($),
    registry: (import 'registry.libsonnet')($),
    registryctl: (import 'registryctl.libsonnet')($),
    [if spec.logging.driver == 'harbor' then 'log']: (import 'log.libsonnet')($),
    [if $.replication.wanted then 'replication']: replication.component($),
    [if spec.trivy.enabled then 'trivy-adapter']: (import 'trivy.libsonnet')($),
    [if spec.metrics.enabled then 'exporter']: (import 'exporter.libsonnet')($),
  },
}
