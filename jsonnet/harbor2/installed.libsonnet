// Where Harbor's installer keeps secrets: settings of its YAML files, and files
// of other names than the material's. Variables are known from what uses them.
// Source: make/harbor.yml.tmpl and make/photon/prepare of goharbor/harbor 2.15.
{
  yaml: {
    'harbor.yml:harbor_admin_password': 'harbor_admin_password',
    'harbor.yml:external_database.harbor.password': 'database_password',
    'harbor.yml:external_redis.password': 'redis_password',
    'harbor.yml:trivy.github_token': 'github_token',
    'config.yml:http.secret': 'registry_http_secret',
    'config.yml:storage.s3.accesskey': 's3_access_key',
    'config.yml:storage.s3.secretkey': 's3_secret_key',
    'harbor.yml:storage_service.s3.accesskey': 's3_access_key',
    'harbor.yml:storage_service.s3.secretkey': 's3_secret_key',
  },
  ini: {},
  files: { 'server.crt': 'tls.crt', 'server.key': 'tls.key' },
}
