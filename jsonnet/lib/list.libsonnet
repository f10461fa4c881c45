// Lists of things that belong to a group.
local native = import 'native.libsonnet';

{
  // grouped gathers a list of { group, … } into [{ group, items }], sorted.
  grouped(list):: [
    { group: found.group, items: [list[i] for i in found.members] }
    for found in native.groups([item.group for item in list])
  ],
}
