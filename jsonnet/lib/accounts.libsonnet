// How an administrator runs bootstrap.sql: once in the file itself, once in the
// runbooks.
local native = import 'native.libsonnet';

local quote = native.shellQuote;

{
  // mysql gives the password in digits, so that no character of it means
  // anything to the shell or to SQL, and no process list shows it.
  // db: the spec's database with its defaults; file: the path of bootstrap.sql
  // Result: lines of shell
  mysql(db, file):: [
    "read -rsp 'database_password: ' password",
    "{ printf 'SET @password = CONVERT(0x%s USING utf8);\\n' \"$(printf %s \"$password\" | od -An -v -tx1 | tr -d ' \\n')\"; cat "
    + file + '; } |',
    '  mysql -h ' + quote(db.host) + ' -P ' + db.port + ' -u root -p',
  ],

  // postgresql lets psql ask for the new password; it sends a hash.
  postgresql(db, file):: [
    'psql -h ' + quote(db.host) + ' -p ' + db.port + ' -U postgres -d postgres -f ' + file,
  ],
}
