// The way into the cluster that is not a Service: an Ingress or an HTTPRoute.

local metadata(m, c) = {
  name: 'harbor',
  namespace: m.spec.kubernetes.namespace,
  labels: m.names.serviceLabels(m, c),
  annotations: { 'hagen.dev/component': 'expose' },
};

// limits are what an ingress of the nginx class must not do to a registry: cut,
// buffer or time out a layer.
local limits = {
  'nginx.ingress.kubernetes.io/proxy-body-size': '0',
  'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
  'nginx.ingress.kubernetes.io/proxy-request-buffering': 'off',
  'nginx.ingress.kubernetes.io/proxy-read-timeout': '900',
  'nginx.ingress.kubernetes.io/proxy-send-timeout': '900',
};

local ingress(m, c) =
  local k = m.spec.kubernetes;
  local api = m.cluster.versions.Ingress;
  local current = api == 'networking.k8s.io/v1';
  local port = if m.net.entry == 'https' then 443 else 80;
  local backend = if current
  then { service: { name: m.names.service(c), port: { number: port } } }
  else { serviceName: m.names.service(c), servicePort: port };
  local class = std.get(k.expose, 'ingress_class');
  {
    apiVersion: api,
    kind: 'Ingress',
    metadata: metadata(m, c) {
      annotations+: limits
                    + (if m.net.https then { 'nginx.ingress.kubernetes.io/ssl-redirect': 'true' } else {})
                    + (if class != null && !current then { 'kubernetes.io/ingress.class': class } else {})
                    + k.expose.annotations,
    },
    spec: {
      [if class != null && current then 'ingressClassName']: class,
      [if m.net.https then 'tls']: [{ hosts: [m.net.host], secretName: m.spec.registry.tls.secret_name }],
      rules: [{
        host: m.net.host,
        http: {
          paths: [
            { path: '/', backend: backend }
            + (if m.cluster.has.ingressPathType then { pathType: 'Prefix' } else {}),
          ],
        },
      }],
    },
  };

local route(m, c) =
  local expose = m.spec.kubernetes.expose;
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadata(m, c) { annotations+: expose.annotations },
    spec: {
      parentRefs: [
        { name: std.get(expose, 'gateway_name', '') }
        + (if 'gateway_namespace' in expose then { namespace: expose.gateway_namespace } else {}),
      ],
      hostnames: [m.net.host],
      rules: [{
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ name: m.names.service(c), port: if m.net.entry == 'https' then 443 else 80 }],
        // a large layer takes as long as it takes
        timeouts: { request: '0s' },
      }],
    },
  };

// m: the model
// Result: the Ingress or HTTPRoute of the component that publishes the registry
function(m)
  local type = m.spec.kubernetes.expose.type;
  local make = if type == 'Ingress' then ingress else route;
  if !std.member(['Ingress', 'Gateway'], type) then []
  else [make(m, c) for c in m.kubernetesComponents if c.publish]
