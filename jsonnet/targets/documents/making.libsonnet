// The commands that make secrets, each once for the whole registry.
local native = import '../../lib/native.libsonnet';

local quote = native.shellQuote;

// escaped tells whether a material stands in an address, spelled as URLs want it.
local escaped(place) = std.member(place.text, ',');

// composed puts the command that reads a material in the place of its name.
local composed(form) = std.foldl(
  function(text, place) std.strReplace(
    text,
    place.text,
    if escaped(place)
    then '$(jq -sRr @uri ' + quote(place.material) + ')'
    else '$(cat ' + quote(place.material) + ')'
  ),
  native.placeholders(form),
  form
);

// command makes one material as a file of its name.
// m: the model
local command(m, facts) =
  local material = facts.material;
  local file = quote(material);
  local ways = {
    random: 'random ' + facts.length + ' > ' + file,
    given: "read -rsp '" + material + ": ' value && printf %s \"$value\" > " + file,
    rsa: 'openssl genrsa -traditional -out ' + file + ' ' + facts.length + '  # before OpenSSL 3 without -traditional',
    certificate: 'openssl req -x509 -new -key ' + quote(facts.of) + ' -days 3650 -subj /CN=harbor -out ' + file,
    htpasswd: 'htpasswd -niB -C 10 ' + quote(facts.user) + ' < ' + quote(facts.of) + ' > ' + file,
    composed: 'printf %s "' + composed(facts.form) + '" > ' + file,
    copy: 'cp /path/to/' + material + ' ' + file,
    ceph: 'ceph auth get-key ' + quote('client.' + m.spec.storage.cephfs.user) + ' > ' + file + '  # on a machine of the Ceph cluster',
  };
  local formats = { text: 'given', 'pem-certificate': 'copy', 'pem-key': 'copy', 'ceph-key': 'ceph' };
  ways[if facts.kind == 'given' then formats[std.get(facts, 'format', 'text')] else facts.kind];

// what others are made of comes first
local order = ['random', 'given', 'rsa', 'certificate', 'htpasswd', 'composed'];

{
  // tools lists the programs that the commands need and a system may lack.
  // usage: of the model
  tools(usage)::
    local of(kind) = [facts for facts in usage.materials if facts.kind == kind];
    local addresses = [place for facts in of('composed') for place in native.placeholders(facts.form) if escaped(place)];
    ['bash']
    + (if of('rsa') + of('certificate') == [] then [] else ['openssl'])
    + (if of('htpasswd') == [] then [] else ['htpasswd (package apache2-utils)'])
    + (if addresses == [] then [] else ['jq']),

  // materials lists the commands for all of them.
  // m: the model
  materials(m):: [
    'umask 077 && mkdir -p secrets && cd secrets',
    "random() { head -c 4096 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c \"$1\"; }",
  ] + [
    command(m, facts)
    for kind in order
    for facts in m.usage.materials
    if facts.kind == kind
  ],
}
