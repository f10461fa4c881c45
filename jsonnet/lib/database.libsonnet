// The database with the defaults that depend on the generation of Harbor.
local pool = import 'pool.libsonnet';

// m: the model
function(m)
  local old = m.harbor.generation == '1';
  local bootstrap = m.spec.database.bootstrap;
  {
    port: if old then 3306 else 5432,
    tls_mode: if old then 'disable' else 'require',
  } + m.spec.database + {
    // where MySQL lets the user in from: the nodes; of a cluster nobody knows
    hosts:: if 'hosts' in bootstrap then bootstrap.hosts
    else if m.onKubernetes then ['%']
    else [node.address for node in m.spec.vm.nodes],
    // what PostgreSQL lets the role open at once
    connection_limit:: if 'connection_limit' in bootstrap then bootstrap.connection_limit else pool.limit(m),
  }
