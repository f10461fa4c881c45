SET NAMES utf8;
SET sql_mode = '';
drop database if exists registry;
create database registry charset = utf8;
use registry;

create table access (
 access_id int NOT NULL AUTO_INCREMENT,
 access_code char(1),
 comment varchar(30) COMMENT 'CREATE DATABASE `registry`; USE `registry`;',
 primary key (access_id)
) COMMENT='USE `registry`;';

insert into access (access_code, comment) values ('M', 'USE `registry`;'), ('R', 'registry');

create table alembic_version (version_num varchar(32) NOT NULL);
insert into alembic_version values ('1.2.0');

create table project (
 project_id int NOT NULL AUTO_INCREMENT,
 owner_id int NOT NULL,
 name varchar(41) NOT NULL,
 creation_time timestamp,
 update_time timestamp,
 primary key (project_id),
 UNIQUE (name)
);

create table properties (k varchar(64) NOT NULL, v varchar(1024) NOT NULL, primary key (k));
insert into properties values
('line', 'first\nUSE `registry`;\nCREATE DATABASE `registry`;\nDROP TABLE `access`;\nINSERT INTO `alembic_version` VALUES (1);'),
('quotes', 'it''s "registry" \\ `registry`'),
('address', 'https://registry.example.com/registry?registry=1&2#$registry'),
('umlaut', 'Prüfstück – registry');

create table user (
 user_id int NOT NULL AUTO_INCREMENT,
 username varchar(255),
 creation_time timestamp,
 update_time timestamp,
 primary key (user_id),
 UNIQUE (username)
);
insert into user (username) values ('admin'), ('registry');
insert into project (owner_id, name) values (1, 'library');
alter table project add foreign key (owner_id) references user (user_id);
