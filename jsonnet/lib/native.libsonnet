// The native functions of hagen's renderer, each named once. Formats are made
// by these and never by std.format: interpreted formatting costs more than all
// the rest of a build.
{
  yaml:: std.native('yaml'),
  ini:: std.native('ini'),
  nginx:: std.native('nginx'),
  parseURL:: std.native('parseURL'),
  hostPort:: std.native('hostPort'),
  seconds:: std.native('seconds'),
  bytes:: std.native('bytes'),
  urlQuery:: std.native('urlQuery'),
  urlUserinfo:: std.native('urlUserinfo'),
  shellQuote:: std.native('shellQuote'),
  systemdEscapePath:: std.native('systemdEscapePath'),
  sha256:: std.native('sha256'),
  set:: std.native('set'),
  repeated:: std.native('repeated'),
  groups:: std.native('groups'),
  placeholders:: std.native('placeholders'),
  parts:: std.native('parts'),
  split:: std.native('split'),
  basename:: std.native('basename'),
  ipv4:: std.native('ipv4'),
  markdownTable:: std.native('markdownTable'),
  semver:: std.native('semver'),
}
