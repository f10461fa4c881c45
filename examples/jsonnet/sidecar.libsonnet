// A prober beside each proxy: it asks this very instance for /v2/, as docker
// does, so that monitoring sees the one that is broken behind the balancer.
local component = import 'lib/component.libsonnet';

// The configuration of Prometheus' blackbox exporter; it reads YAML, and so JSON.
local config = {
  modules: {
    // without a token the registry must answer 401, not anything else
    registry: {
      prober: 'http',
      timeout: '5s',
      http: {
        valid_status_codes: [401],
        fail_if_header_not_matches: [{ header: 'Www-Authenticate', regexp: '^Bearer ' }],
      },
    },
  },
};

{
  components+:: {
    proxy+: {
      sidecars+: {
        prober: component.new('prober') + {
          image: { repository: 'quay.io/prometheus/blackbox-exporter', tag: 'v0.25.0', digest: null },
          args: ['--config.file=/etc/prober/blackbox.json'],
          // shares the network of the proxy: the number must be free there
          ports: [{ name: 'probe', port: 9115 }],
          user: 10000,
          files: [{
            path: '/etc/prober/blackbox.json',
            key: 'blackbox.json',
            content: std.manifestJson(config),
          }],
        },
      },
    },
  },
}
