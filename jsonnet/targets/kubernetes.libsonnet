// The cluster: objects of Kubernetes from the components of the model.

// m: the model
// Result: all objects but the ConfigMaps, which both targets share
function(m)
  local namespace = import 'kubernetes/namespace.libsonnet';
  local priority = import 'kubernetes/priority.libsonnet';
  local storage = import 'kubernetes/storage.libsonnet';
  local job = import 'kubernetes/job.libsonnet';
  local workload = import 'kubernetes/workload.libsonnet';
  local service = import 'kubernetes/service.libsonnet';
  local budget = import 'kubernetes/budget.libsonnet';
  local expose = import 'kubernetes/expose.libsonnet';
  local autoscaler = import 'kubernetes/autoscaler.libsonnet';
  local monitor = import 'kubernetes/monitor.libsonnet';
  namespace(m)
  + priority(m)
  + storage.objects(m)
  + std.flatMap(
    function(c)
      if c.once then [job(m, c)]
      else [workload(m, c)] + service(m, c) + budget(m, c) + autoscaler(m, c) + monitor(m, c),
    m.kubernetesComponents
  )
  + expose(m)
