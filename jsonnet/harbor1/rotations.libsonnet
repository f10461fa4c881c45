// What breaks when a secret of Harbor 1.x changes, and what must happen then.
{
  secretkey:: 'passwords in the settings and those of the registries that images are copied to can no longer be read: each must be entered again. Restart adminserver, ui and jobservice on all nodes at once',
  tokens:: 'tokens of clients become invalid: pulls and pushes under way answer 401 and succeed when repeated. The registry believes the certificate of this key alone, so both change together: restart ui and registry on all nodes at once',
  internal:: 'ui, jobservice and adminserver refuse each other while they hold different values: ui does not start, jobs stay pending. Restart the three together',
  uploads:: 'uploads under way end with "blob upload invalid", and so does every upload that changes the instance while two values are in use. Restart all registries together',
  admin:: 'nothing: Harbor reads it at the first start only. Change the password of admin in the web interface, then here',
  database:: 'ui and jobservice lose the database until the server knows the new password. Change it there in the same minute, then restart adminserver first',
  account:: 'logins by LDAP, or mails, fail until the server knows the new password. Change it there, then restart adminserver and ui',
  redis:: 'sessions end and logins fail until the server knows the new password. Change it there in the same minute, then restart ui; the address of Redis holds it and changes with it',
  composed:: 'it follows the password in it. Restart ui',
  replication:: 'copies to that site fail with 401 until both have the new password. Change it there, then here, and run replication again: on one node, or by its Job',
}
