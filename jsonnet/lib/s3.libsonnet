// Object storage as the place of images: the parameters of the registry's own
// driver, in the spelling of distribution 2.6 and 2.8, which share them.
// Source: distribution registry/storage/driver/s3-aws at 2.6.2 and release/2.8
local native = import 'native.libsonnet';

local url(s3) = native.parseURL(s3.endpoint);

{
  // endpoint is the server: of AWS, where the spec names none.
  // m: the model
  // Result: { host, port, secure }
  endpoint(m)::
    local s3 = m.spec.storage.s3;
    local china = std.startsWith(std.get(s3, 'region', ''), 'cn-');
    if 'endpoint' in s3 then { host: url(s3).host, port: url(s3).port, secure: url(s3).scheme == 'https' }
    else { host: 's3.' + s3.region + '.amazonaws.com' + (if china then '.cn' else ''), port: 443, secure: true },

  // directory is where the registry keeps its objects: one of its own, unless
  // the spec says otherwise, for whoever collects garbage deletes what its own
  // database does not know.
  directory(m):: std.get(m.spec.storage.s3, 'root_directory', '/' + std.join('/', m.folders)),

  // driver is the registry's configuration below `storage`. With an endpoint the
  // driver puts the bucket into the path by itself.
  // m: the model
  driver(m)::
    local s3 = m.spec.storage.s3;
    {
      s3: {
        bucket: s3.bucket,
        // servers beside AWS mostly take any, and this one if they want one
        region: std.get(s3, 'region', 'us-east-1'),
        [if 'endpoint' in s3 then 'regionendpoint']: s3.endpoint,
        rootdirectory: $.directory(m),
        secure: $.endpoint(m).secure,
        encrypt: s3.encrypt,
        [if 'kms_key_id' in s3 then 'keyid']: s3.kms_key_id,
        storageclass: s3.storage_class,
        chunksize: native.bytes(s3.chunk_size),
        multipartcopychunksize: native.bytes(s3.multipart_copy_chunk_size),
        multipartcopymaxconcurrency: s3.multipart_copy_max_concurrency,
        multipartcopythresholdsize: native.bytes(s3.multipart_copy_threshold_size),
      },
      redirect: { disable: !s3.redirect },
    },

  // secretEnv brings the keys. The registry's own variables are parsed as YAML,
  // which makes 83 of the key 0123; those of AWS are taken as they are.
  // m: the model
  secretEnv(m):: if m.spec.storage.s3.credentials == 'keys' then {
    AWS_ACCESS_KEY_ID: 's3_access_key',
    AWS_SECRET_ACCESS_KEY: 's3_secret_key',
  } else {},

  // files is the authority that the endpoint's certificate comes from.
  // m: the model; path: where the image looks for it
  files(m, path):: if !('ca' in m.spec.storage.s3) then [] else [{
    path: path,
    key: 's3-ca.crt',
    content: std.get(m.files, m.spec.storage.s3.ca, error 'must provide the text of ' + m.spec.storage.s3.ca),
    // registryctl deletes blobs there
    share: 'registry',
  }],

  materials(m)::
    local given(what) = {
      kind: 'given',
      description: what + ' of the object storage, which may read, write, list and delete in the bucket ' + m.spec.storage.s3.bucket,
      rotation: 'pushes and pulls end in 500 as soon as the store no longer knows the old pair. Make the new pair in the store, change both here, restart registry and registryctl on all nodes, then remove the old one',
      owner: 0,
      mode: '0600',
    };
    if m.spec.storage.s3.credentials != 'keys' then {} else {
      s3_access_key: given('access key'),
      s3_secret_key: given('secret key'),
    },
}
