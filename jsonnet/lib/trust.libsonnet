// The certificate authorities that Harbor trusts beside those of its images.
local native = import 'native.libsonnet';
local place = import 'storage.libsonnet';

local suffixes = ['.crt', '.pem', '.ca', '.cer'];

// stem takes a known suffix off a file name.
local stem(name) =
  local known = [suffix for suffix in suffixes if std.endsWith(name, suffix)];
  if std.length(known) > 0 then std.substr(name, 0, std.length(name) - std.length(known[0])) else name;

// named gives each file a name that no other has, beside those that are taken: its own,
// and where that is another's already, with a part of its path's checksum behind it,
// which stays when the list grows.
local named(paths, taken) =
  local own = [stem(native.basename(path)) for path in paths];
  [
    own[i] + (if std.member(taken + own[0:i], own[i]) then '-' + std.substr(native.sha256(paths[i]), 0, 8) else '') + '.crt'
    for i in std.range(0, std.length(paths) - 1)
  ];

// m: the model
// Result: component files that share one ConfigMap; a container that reads
// /harbor_cust_cert takes them as they are
function(m)
  local paths = m.spec.registry.trusted_ca;
  // the registry trusts the authority of its storage too, in the same folder
  local keys = named(paths, [stem(file.key) for file in place.files(m, '')]);
  [
    {
      path: '/harbor_cust_cert/' + keys[i],
      key: keys[i],
      content: std.get(m.files, paths[i], error 'must provide the text of ' + paths[i]),
      configMap: 'trusted-ca',
    }
    for i in std.range(0, std.length(paths) - 1)
  ]
