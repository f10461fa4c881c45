// What breaks when a secret of Harbor 2.x changes, and what must happen then.
{
  secretkey:: 'stored credentials of other registries, of LDAP and of OIDC can no longer be read: each must be entered again. Restart core on all nodes at once',
  jobs:: 'jobs cannot be started and their logs answer 401 while core and jobservice hold different values, and health stays green. Restart core, jobservice and registryctl together',
  internal:: 'jobservice restarts for ever with 401 "only internal service is allowed to call this API" while core holds another value. Restart core, jobservice and registryctl together',
  csrf:: 'open forms of the web interface end with 403 "CSRF token invalid" until they are loaded again. Restart core on all nodes',
  registry(other):: 'pushes and pulls answer 401 while core, jobservice and the registry hold different values. It changes together with ' + other + '; restart the three together',
  uploads:: 'uploads under way end with BLOB_UPLOAD_INVALID, and so does every upload that changes the instance while two values are in use. Restart all registries together',
  admin:: 'nothing: Harbor reads it at the first start only. Change the password of admin in the web interface, then here',
  tokens:: 'tokens of clients become invalid: pulls and pushes under way answer 401 and succeed when repeated. While two keys are in use they fail now and then, so restart core on all nodes at once',
  database:: 'core, jobservice and the exporter lose the database until the server knows the new password. Change it there in the same minute, then restart them',
  redis:: 'sessions, jobs and caches answer errors until the server knows the new password. Change it there in the same minute, then restart all that read it; the addresses of Redis hold it and change with it',
  composed:: 'it follows the password in it. Restart what reads it',
  github:: 'nothing breaks; Trivy takes the new token after a restart',
  replication:: 'copies to that site fail with 401 until both have the new password. Change it there, then here, and run replication again: on one node, or by its Job',
}
