// How a finding is written: words in lower case, no period at the end.
local report(severity) = function(wrong, path, message, reason, fix)
  if wrong then [{ path: path, severity: severity, message: message, reason: reason, fix: fix }] else [];

{
  // refuse and warn return one finding if something is wrong, or none.
  // wrong: whether it is; path: keys and indexes of the spec
  // message, reason, fix: what is wrong, what it leads to, what to write
  refuse:: report('error'),
  warn:: report('warning'),

  // quoted writes a value as TOML does.
  quoted(value):: std.manifestJsonMinified(value),
}
