// Which registries this one copies images to, and the component that tells
// Harbor so: it runs once, in the image of the component that answers the API.
local component = import 'component.libsonnet';
local kubectl = import 'kubectl.libsonnet';
local markdown = import 'markdown.libsonnet';

local directory = '/etc/hagen/';

// to lists the sites that one copies to.
local to(replication, name) =
  local others = [site for site in replication.sites if site.name != name];
  if replication.scheme == 'mutual' then others
  else if name == replication.hub then (if replication.direction == 'from-hub' then others else [])
  else if replication.direction == 'to-hub' then [site for site in others if site.name == replication.hub]
  else [];

// listed names sites in a sentence.
local listed(sites) = std.join(', ', [site.name + ' (' + site.url + ')' for site in sites]);

local policies(m) = markdown.text(
  (
    if m.replication.targets == [] then ['This site copies to no other one. What was made for others earlier is removed by:']
    else [
      'Images are copied to ' + listed(m.replication.targets) + '. The policies are made, and those of sites that are',
      'none any more removed, by:',
    ]
  )
);

local again = [
  'It waits a quarter of an hour for sites that do not answer yet. It may be done again, and belongs after each change of',
  '`[replication]` and of a password in it.',
];

// step is the same on both targets but for the command.
local step(m, command, expected) = {
  title: 'Copies to other sites, once for the whole registry',
  later: true,
  text: policies(m) + markdown.code('sh', command) + markdown.text(expected + again),
};

local said(m) =
  if m.replication.targets == [] then 'Expected: no error.'
  else 'Expected: `images are copied to ' + m.replication.targets[0].name + '`.';

{
  // steps are those of the runbooks.
  // m: the model
  steps(m):: if !m.replication.wanted then { compose: [], kubernetes: [] } else {
    compose: [step(m, ['sh host/compose.sh run --rm replication'], [said(m)])],
    kubernetes: [
      step(m, [
        kubectl.own(m) + ' logs --follow --selector ' + kubectl.selector(m, m.effective.replication),
      ], ['That is a Job among the objects of the folder `kubernetes`. ' + said(m)]),
    ],
  },

  // of says what follows from the spec.
  // m: the model
  // Result: wanted; here: the sites with the address of this registry; targets:
  // those that it copies to; sources: those that copy to it
  of(m):: {
    local spec = m.spec.replication,
    wanted: m.spec.topology == 'replicated',
    here: if !self.wanted then [] else [site.name for site in spec.sites if site.url == m.net.external],
    targets: if self.here == [] then [] else to(spec, self.here[0]),
    sources: if self.here == [] then [] else [
      site
      for site in spec.sites
      if std.member([target.name for target in to(spec, site.name)], self.here[0])
    ],
  },

  // material names the secret with the password of a site.
  material(site):: 'replication_' + site.name,

  // materials are the passwords that this registry needs.
  // m: the model; given: makes the facts of one from its description
  materials(m, given):: {
    [self.material(site)]: given('password of ' + site.username + ' at ' + site.url + ', by which images are copied there')
    for site in m.replication.targets
  },

  // component runs the script of a generation.
  // m: the model; api: { of: the component that answers, url }; bodies: what is
  // sent, as files [{ path, content }]; script: the generation's part of it
  component(m, api, bodies, script):: component.of(m.harbor, api.of) + {
    local file(name, content) = { path: directory + name, key: name, content: content },
    name: 'replication',
    imageOf: api.of,
    once: true,
    ports: [],
    capabilities: if super.capabilities == null then null else [],
    compose: { container_name: 'harbor-replication' },
    command: ['/bin/sh', directory + 'replication.sh'],
    env: {
      REPLICATION_URL: api.url,
      REPLICATION_SITES: std.join(' ', [site.name for site in m.replication.targets]),
    },
    secretEnv: {
      HARBOR_ADMIN_PASSWORD: 'harbor_admin_password',
    } + {
      ['PASSWORD_' + std.strReplace(std.asciiUpper(site.name), '-', '_')]: $.material(site)
      for site in m.replication.targets
    },
    files: [file('replication.sh', component.script((importstr 'replication.sh') + script))] + [file(body.path, body.content) for body in bodies],
  },
}
