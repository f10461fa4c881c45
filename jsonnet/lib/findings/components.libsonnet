// [components.NAME] against the components that there are.
local report = import 'report.libsonnet';

local refuse = report.refuse;

local unknown(m, name) = refuse(
  !std.objectHas(m.components, name),
  ['components', name],
  'there is no component ' + name,
  'what is written for it has no effect',
  'with Harbor ' + m.harbor.version + ' and this spec there are ' + std.join(', ', std.objectFields(m.components))
);

local single(m, name) =
  local wish = m.spec.components[name];
  refuse(
    m.components[name].singleton && std.get(wish, 'replicas', 1) != 1,
    ['components', name, 'replicas'],
    'only one ' + name + ' may run',
    'each instance starts the unfinished jobs of all others again',
    'leave replicas out'
  );

// clear finds a secret that the spec writes as a plain variable.
local clear(m, name) = std.flatMap(
  function(variable) refuse(
    std.objectHas(m.components[name].secretEnv, variable),
    ['components', name, 'env', variable],
    variable + ' is a secret',
    'it would lie in Git and in a ConfigMap in the clear',
    'leave it out: it comes from the secret ' + std.get(m.components[name].secretEnv, variable, '')
  ),
  std.objectFields(std.get(m.spec.components[name], 'env', {}))
);

// m: the model
function(m) std.flatMap(
  function(name)
    if std.objectHas(m.components, name) then single(m, name) + clear(m, name) else unknown(m, name),
  std.objectFields(m.spec.components)
)
