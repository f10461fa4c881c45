// Lists of things that belong to a group.
local native = import 'native.libsonnet';

{
  // grouped gathers a list of { group, … } into [{ group, items }], sorted.
  grouped(list):: [
    { group: name, items: [item for item in list if item.group == name] }
    for name in native.set([item.group for item in list])
  ],
}
