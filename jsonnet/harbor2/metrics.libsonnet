// What Harbor counts about its load, as metrics that pods can be scaled by. A
// rate is taken of a counter; a gauge is summed up over the installation.
// Source: goharbor.io/docs, Administration, Access Metrics.
{
  core_requests_per_second: { component: 'core', series: 'harbor_core_http_request_total', source: 'pods' },
  registry_requests_per_second: { component: 'registry', series: 'registry_http_requests_total', source: 'pods' },
  jobservice_queue_size: { component: 'jobservice', series: 'harbor_task_queue_size', source: 'external' },
}
