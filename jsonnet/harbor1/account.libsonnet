// bootstrap.sql for MySQL and MariaDB: the database, and a user with no more
// rights than Harbor needs.
local accounts = import '../lib/accounts.libsonnet';

// identifier and literal are names as SQL writes them.
local identifier(name) = '`' + std.strReplace(name, '`', '``') + '`';
local literal(text) = "'" + std.strReplace(std.strReplace(text, '\\', '\\\\'), "'", "''") + "'";

// pattern is a name where GRANT reads one: _ and % stand for others there.
local pattern(name) = identifier(std.strReplace(std.strReplace(name, '_', '\\_'), '%', '\\%'));

// What ui and jobservice do, and what loading the tables takes. REFERENCES is
// for their foreign keys.
local rights = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'REFERENCES'];

local executed(statement) = [
  'SET @statement = ' + statement + ';',
  'PREPARE statement FROM @statement;',
  'EXECUTE statement;',
  'DEALLOCATE PREPARE statement;',
];

// user makes one account, and gives it the password that the session holds.
local user(db, host) =
  local account = literal(db.username) + '@' + literal(host);
  local quoted = literal(account);
  local told(statement) = 'IF(@password IS NULL, @missing, CONCAT(' + statement + ', @by, QUOTE(@password)))';
  [''] + executed(told("IF(@first, 'GRANT USAGE ON *.* TO ', 'CREATE USER IF NOT EXISTS '), " + quoted))
  + executed(told("IF(@first, 'GRANT USAGE ON *.* TO ', 'ALTER USER '), " + quoted))
  + ['GRANT ' + std.join(', ', rights) + ' ON ' + pattern(db.name) + '.* TO ' + account + ';'];

// m: the model
// Result: the text of the file
function(m)
  local db = m.database;
  std.lines([
    '-- Database and user of the registry ' + m.spec.name + ': for an administrator of the server, MySQL 5.6 to 8.4 or',
    '-- MariaDB from 10.2 on. It may be run again: it drops nothing, and sets the password anew. The password is not',
    '-- in it; the session brings it as @password:',
    '--   ' + std.join('\n--   ', accounts.mysql(db, 'bootstrap.sql')),
    "SET SESSION sql_mode = '';",
    "SET @missing = 'first SET @password: the head of this file says how';",
    'SET @maria = VERSION() LIKE ' + literal('%MariaDB%') + ';',
    "SET @first = NOT @maria AND (VERSION() LIKE '5.5.%' OR VERSION() LIKE '5.6.%');",
    '-- the driver of Harbor 1.x knows no other login than mysql_native_password, which MySQL 8.4 has when it is',
    '-- started with mysql_native_password=ON, and 9 not at all',
    "SET @by = IF(@maria OR @first, ' IDENTIFIED BY ', ' IDENTIFIED WITH mysql_native_password BY ');",
    '',
    'CREATE DATABASE IF NOT EXISTS ' + identifier(db.name) + ' CHARACTER SET utf8 COLLATE utf8_general_ci;',
  ] + std.flatMap(function(host) user(db, host), db.hosts))
