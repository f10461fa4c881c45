// The certificate authorities that Harbor trusts beside those of its images.
local native = import 'native.libsonnet';

local suffixes = ['.crt', '.pem', '.ca', '.cer'];

// stem takes a known suffix off a file name.
local stem(name) =
  local known = [suffix for suffix in suffixes if std.endsWith(name, suffix)];
  if std.length(known) > 0 then std.substr(name, 0, std.length(name) - std.length(known[0])) else name;

// spec: the whole spec; files: the text of its files by path
// Result: component files that share one ConfigMap; a container that reads
// /harbor_cust_cert takes them as they are
function(spec, files) [
  local key = stem(native.basename(path)) + '.crt';
  {
    path: '/harbor_cust_cert/' + key,
    key: key,
    content: std.get(files, path, error 'must provide the text of ' + path),
    configMap: 'trusted-ca',
  }
  for path in spec.registry.trusted_ca
]
