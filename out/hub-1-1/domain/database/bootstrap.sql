-- Database and user of the registry hub-1-1: for an administrator of the server, MySQL 5.6 to 8.4 or
-- MariaDB from 10.2 on. It may be run again: it drops nothing, and sets the password anew. The password is not
-- in it; the session brings it as @password:
--   read -rsp 'database_password: ' password
--   { printf 'SET @password = CONVERT(0x%s USING utf8);\n' "$(printf %s "$password" | od -An -v -tx1 | tr -d ' \n')"; cat bootstrap.sql; } |
--     mysql -h 10.10.2.31 -P 3306 -u root -p
SET SESSION sql_mode = '';
SET @missing = 'first SET @password: the head of this file says how';
SET @maria = VERSION() LIKE '%MariaDB%';
SET @first = NOT @maria AND (VERSION() LIKE '5.5.%' OR VERSION() LIKE '5.6.%');
-- the driver of Harbor 1.x knows no other login than mysql_native_password, which MySQL 8.4 has when it is
-- started with mysql_native_password=ON, and 9 not at all
SET @by = IF(@maria OR @first, ' IDENTIFIED BY ', ' IDENTIFIED WITH mysql_native_password BY ');

CREATE DATABASE IF NOT EXISTS `registry` CHARACTER SET utf8 COLLATE utf8_general_ci;

SET @statement = IF(@password IS NULL, @missing, CONCAT(IF(@first, 'GRANT USAGE ON *.* TO ', 'CREATE USER IF NOT EXISTS '), '''harbor''@''10.10.2.21''', @by, QUOTE(@password)));
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
SET @statement = IF(@password IS NULL, @missing, CONCAT(IF(@first, 'GRANT USAGE ON *.* TO ', 'ALTER USER '), '''harbor''@''10.10.2.21''', @by, QUOTE(@password)));
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, REFERENCES ON `registry`.* TO 'harbor'@'10.10.2.21';

SET @statement = IF(@password IS NULL, @missing, CONCAT(IF(@first, 'GRANT USAGE ON *.* TO ', 'CREATE USER IF NOT EXISTS '), '''harbor''@''10.10.2.22''', @by, QUOTE(@password)));
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
SET @statement = IF(@password IS NULL, @missing, CONCAT(IF(@first, 'GRANT USAGE ON *.* TO ', 'ALTER USER '), '''harbor''@''10.10.2.22''', @by, QUOTE(@password)));
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, REFERENCES ON `registry`.* TO 'harbor'@'10.10.2.22';
