// How a cluster asks whether a component of 1.x works: its images have no
// health check, and hardly an address that answers without a secret.
{
  // of makes probes that first wait for a slow start: ui and jobservice wait a
  // minute for adminserver and another for the database before they give up.
  // handler: { http } or { tcp }; seconds: the longest start
  of(handler, seconds):: handler {
    startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: seconds / 5 },
  },
}
