// A component is one program of Harbor, described without a target: the
// targets turn it into a service of a bundle or a workload of a cluster.
{
  // new makes a component with nothing in it but its name.
  // name: its name, which is also its DNS name on both targets
  // Result: a component; patch it with `+`
  new(name):: {
    name: name,
    image: error 'must provide image of component ' + name,
    // another component whose image it runs, with what the spec says of that
    imageOf: null,
    command: null,
    args: null,
    ports: [],
    env: {},
    secretEnv: {},
    files: [],
    secretFiles: [],
    volumes: [],
    scratch: [],
    probe: null,
    // where Prometheus finds counts of this component: { port: its name, path }
    scrape: null,
    resources: { requests: {}, limits: {} },
    user: 0,
    capabilities: null,
    dependsOn: [],
    replicas: null,
    singleton: false,
    // runs when it is told to, and ends
    once: false,
    gracePeriod: 30,
    targets: ['compose', 'kubernetes'],
    sidecars: {},
    publish: false,
    kubernetes: {},
    compose: {},
  },

  // of makes a component from what versions.json says of it.
  // harbor: the facts of the version; name: the component's name
  of(harbor, name)::
    local facts = harbor.components[name];
    self.new(name) + {
      image: facts.image,
      ports: [{ name: port, port: facts.ports[port] } for port in std.objectFields(facts.ports)],
      user: facts.user,
      capabilities: std.get(facts, 'capabilities'),
      compose: { container_name: facts.container_name },
    },

  // script returns a shell script as a ConfigMap should hold it: with tabs YAML
  // would make one line of it, and nobody could review that.
  script(text):: std.strReplace(text, '\t', '  '),

  // runsOn tells whether a component belongs to a target.
  // c: the component; target: "compose" or "kubernetes"
  runsOn(c, target):: std.member(c.targets, target),
}
