// The database with the defaults that depend on the generation of Harbor.

// spec: the whole spec; generation: "1" or "2"
function(spec, generation)
  local old = generation == '1';
  {
    port: if old then 3306 else 5432,
    tls_mode: if old then 'disable' else 'require',
  } + spec.database
