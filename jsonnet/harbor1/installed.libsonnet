// Where the installer of Harbor 1.x keeps secrets: settings of harbor.cfg, and
// files of other names than the material's. Variables are known from what uses
// them. Source: make/harbor.cfg and make/prepare of goharbor/harbor 1.2.
{
  yaml: {
    'config.yml:http.secret': 'registry_http_secret',
    'config.yml:storage.s3.accesskey': 's3_access_key',
    'config.yml:storage.s3.secretkey': 's3_secret_key',
  },
  ini: {
    harbor_admin_password: 'harbor_admin_password',
    db_password: 'database_password',
    ldap_search_pwd: 'ldap_search_password',
    email_password: 'email_password',
  },
  files: { 'server.crt': 'tls.crt', 'server.key': 'tls.key' },
}
