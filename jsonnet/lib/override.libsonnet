// What the spec's [components.NAME] and [images] change of a component.

local text(value) = if std.isString(value) then value else std.toString(value);

// quantities spells the spec's names of resources as Kubernetes does.
local quantities(table) = {
  [std.strReplace(name, '_', '-')]: table[name]
  for name in std.objectFields(table)
};

local reference(image, wish, prefix) =
  local repository = if std.objectHas(wish, 'image') then wish.image
  else if prefix != null then prefix + '/' + image.repository
  else image.repository;
  local tag = std.get(wish, 'tag', image.tag);
  local digest = std.get(wish, 'digest', std.get(image, 'digest'));
  repository
  + (if tag != null && tag != '' then ':' + tag else '')
  + (if digest != null && digest != '' then '@' + digest else '');

// A component as the targets see it: its image as one reference, its
// environment as text, the wishes of the spec applied.
// spec: the whole spec; c: a component or a sidecar; wish: [components.NAME]
local configure(spec, c, wish) =
  local env = std.mapWithKey(function(_, value) text(value), c.env + std.get(wish, 'env', {}));
  local resources = std.get(wish, 'resources', {});
  c {
    image: reference(c.image, wish, std.get(spec.images, 'registry')),
    env: env,
    // a variable that the spec writes in the clear is no secret any more
    secretEnv: {
      [name]: c.secretEnv[name]
      for name in std.objectFields(c.secretEnv)
      if !std.objectHas(std.get(wish, 'env', {}), name)
    },
    replicas: std.get(wish, 'replicas', c.replicas),
    resources: {
      requests: c.resources.requests + quantities(std.get(resources, 'requests', {})),
      limits: c.resources.limits + quantities(std.get(resources, 'limits', {})),
    },
    sidecars: std.mapWithKey(function(_, sidecar) configure(spec, sidecar, {}), c.sidecars),
  };

configure
