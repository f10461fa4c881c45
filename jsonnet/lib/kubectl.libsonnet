// kubectl as the runbooks write it.
local native = import 'native.libsonnet';

{
  // at runs it in a namespace.
  at(namespace):: 'kubectl -n ' + native.shellQuote(namespace),

  // own runs it in that of the registry.
  // m: the model
  own(m):: self.at(m.spec.kubernetes.namespace),

  // selector names the pods of a component.
  // m: the model; c: an effective component
  selector(m, c)::
    local labels = m.names.selector(c);
    std.join(',', [label + '=' + labels[label] for label in std.objectFields(labels)]),
}
