// How objects of a cluster are called. Harbor 2.x: after the component; Harbor
// 1.x keeps the names of its first manifests and patches these functions.
{
  // object is the name of a component's workload, Service and budget.
  object(c):: if 'name' in c.kubernetes then c.kubernetes.name else c.name,
  workload(c):: self.object(c),
  service(c):: self.object(c),
  container(c):: c.container,

  // labels never carry a version where a selector reads them.
  selector(c):: {
    'app.kubernetes.io/name': c.name,
    'app.kubernetes.io/part-of': 'harbor',
  },
  podLabels(c):: self.selector(c),
  labels(m, c):: self.selector(c) + { 'app.kubernetes.io/version': m.harbor.version },
  // workloadLabels are those of the workload object itself.
  workloadLabels(m, c):: self.labels(m, c),
  serviceLabels(m, c):: self.labels(m, c),
  configLabels(m, owner):: {
    'app.kubernetes.io/name': owner,
    'app.kubernetes.io/part-of': 'harbor',
  },

  // envMap and fileMap name the ConfigMaps of a container, by its id. A file
  // may be another component's (`share`) or in a ConfigMap of its own
  // (`configMap`).
  envMap(c):: c.id + '-env',
  fileMap(c, file)::
    if 'configMap' in file then file.configMap
    else (if 'share' in file then file.share else c.id) + '-config',
  // eachVariable: true refers to every variable by its key, false takes the
  // whole ConfigMap
  eachVariable:: false,

  // volume names the objects of a shared volume.
  // m: the model; name: its name in the model
  volume(m, name):: {
    pv: m.site + '-' + name,
    pvc: name,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'harbor' },
    selector: null,
  },

  // servicePort is the port of a Service for a port of a component.
  servicePort(c, port):: port.port,
}
