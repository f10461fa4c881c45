// jobservice copies images to other registries and, in 1.2, scans them.
//
// It keeps its queue in memory. At every start it sets all running jobs of the
// database to pending and runs whatever is not finished, also what another
// instance is working on. A cluster therefore runs exactly one. A virtual
// machine must have its own all the same: ui calls the fixed address
// http://jobservice inside of its node, and a node without one would lose the
// replication of everything that is pushed through it. So a job may run twice
// when a node starts, which copies the same image again, but none is lost.
local component = import '../lib/component.libsonnet';
local native = import '../lib/native.libsonnet';
local probe = import 'probe.libsonnet';

local config = {
  main: { appname: 'jobservice', runmode: 'dev' },
  sections: { dev: { httpport: '80' } },
};

// m: the model
function(m)
  component.of(m.harbor, 'jobservice') + {
    singleton: true,
    env: {
      LOG_LEVEL: m.spec.logging.level,
      CONFIG_PATH: '/etc/jobservice/app.conf',
      GODEBUG: 'netdns=cgo',
      // for people only: the number that counts is adminserver's
      MAX_JOB_WORKERS: std.toString(m.spec.jobservice.workers),
    },
    secretEnv: {
      UI_SECRET: 'ui_secret',
      JOBSERVICE_SECRET: 'jobservice_secret',
    },
    files: [{ path: '/etc/jobservice/app.conf', key: 'config', content: native.ini(config) }],
    // decrypts the passwords of the registries that images are copied to
    secretFiles: [{ path: '/etc/jobservice/key', material: 'secretkey' }],
    volumes: [{ name: 'job-logs', path: m.harbor.paths.job_logs, readOnly: false }],
    // its API answers only those who know a secret
    probe: probe.of({ tcp: 80 }, 180),
    dependsOn: ['ui', 'adminserver'],
  }
