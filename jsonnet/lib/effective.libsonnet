// A component as the targets see it: what the spec's [components.NAME] and
// [images] change is changed, and every name that both targets need is made.
local native = import 'native.libsonnet';

// reference is an image as one text.
local reference(image, wish, prefix) =
  local repository = if 'image' in wish then wish.image
  else if prefix == null then image.repository
  else prefix + '/' + image.repository;
  local tag = if 'tag' in wish then wish.tag else image.tag;
  local digest = if 'digest' in wish then wish.digest else if 'digest' in image then image.digest else null;
  repository
  + (if tag == null || tag == '' then '' else ':' + tag)
  + (if digest == null || digest == '' then '' else '@' + digest);

// quantities spells the spec's names of resources as Kubernetes does.
local quantities(table) = {
  [std.strReplace(name, '_', '-')]: table[name]
  for name in std.objectFields(table)
};

local resources(c, wish) =
  if !('resources' in wish) then c.resources
  else {
    requests: c.resources.requests + quantities(std.get(wish.resources, 'requests', {})),
    limits: c.resources.limits + quantities(std.get(wish.resources, 'limits', {})),
  };

// A variable that the spec writes in the clear is no secret any more.
local secretEnv(c, wish) =
  if !('env' in wish) then c.secretEnv
  else { [name]: c.secretEnv[name] for name in std.objectFields(c.secretEnv) if !(name in wish.env) };

// files gives each file the name of its ConfigMap, of its folder in a bundle and
// of itself.
local files(m, part) = [
  file {
    group: m.names.fileMap(part, file),
    base: native.basename(file.path),
    folder: if 'share' in file then file.share else if 'configMap' in file then file.configMap else part.id,
    owner: if 'share' in file then file.share else part.component,
  }
  for file in part.files
];

// secretFiles gives each file its Secret and the key in it, and on a node the
// owner who reads it.
local secretFiles(m, part) = [
  local facts = if file.material in m.secrets then m.secrets[file.material] else {};
  file {
    group: if 'secret' in facts then facts.secret else m.spec.secrets.name,
    key: file.material,
    owner: std.get(facts, 'owner', 0),
    mode: std.get(facts, 'mode', '0600'),
  }
  for file in part.secretFiles
];

// resolved is one container of a component.
// c: a component or a sidecar with id, container and component
local resolved(m, c, wish) =
  local ofImage = if c.imageOf == null then wish else std.get(m.spec.components, c.imageOf, {}) + wish;
  local variables = if 'env' in wish then c.env + wish.env else c.env;
  c {
    image: reference(c.image, ofImage, std.get(m.spec.images, 'registry')),
    // every value as text, whatever was written
    env: { [name]: '' + variables[name] for name in std.objectFields(variables) },
    secretEnv: secretEnv(c, wish),
    envMap: m.names.envMap(c),
    files: files(m, c),
    secretFiles: secretFiles(m, c),
  };

// m: the model; name: of the component
// Result: the component; its `parts` are the containers that share a network,
// itself first, each with an id that is its own in the whole model
function(m, name)
  local c = m.components[name];
  local wish = if name in m.spec.components then m.spec.components[name] else {};
  local whole = resolved(m, c { id: c.name, container: c.name, component: c.name }, wish);
  whole {
    replicas: if 'replicas' in wish then wish.replicas else c.replicas,
    resources: resources(c, wish),
    sidecars:: {},
    parts:: [self] + [
      local sidecar = c.sidecars[key];
      resolved(m, sidecar {
        id: c.name + '-' + key,
        container: key,
        component: c.name,
        // a sidecar that names no user runs as its component does
        user: if sidecar.user == 0 then c.user else sidecar.user,
      }, {})
      for key in std.objectFields(c.sidecars)
    ],
  }
