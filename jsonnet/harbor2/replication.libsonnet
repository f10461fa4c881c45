// What Harbor 2.x is told of other sites: an endpoint each, and a policy for it.
// Source: goharbor/harbor v2.15.0: api/v2.0/swagger.yaml, src/server/v2.0/handler,
// src/controller/replication
local replication = import '../lib/replication.libsonnet';
local shared = import 'shared.libsonnet';

local access(site) = { access_key: site.username, access_secret: '<password>' };

local endpoint(site) = {
  name: 'hagen-' + site.name,
  description: 'made by hagen, which changes it when it runs again',
  type: 'harbor',
  url: site.url,
  insecure: false,
  credential: { type: 'basic' } + access(site),
};

// An endpoint that is there has other names for the same.
local update(site) = { url: site.url, insecure: false, credential_type: 'basic' } + access(site);

local trigger(r) =
  if r.trigger == 'event' then { type: 'event_based' }
  else { type: 'scheduled', trigger_settings: { cron: r.schedule } };

// filters name the repositories of the projects, by one pattern.
local filters(projects) =
  if projects == [] then []
  else [{ type: 'name', value: (if std.length(projects) == 1 then projects[0] else '{' + std.join(',', projects) + '}') + '/**' }];

local policy(r, site) = {
  name: 'hagen-to-' + site.name,
  description: 'made by hagen, which changes it when it runs again',
  dest_registry: { id: '<id>' },
  trigger: trigger(r),
  filters: filters(r.projects),
  // the API reads the old name, and answers with the new one
  deletion: r.deletions,
  replicate_deletion: r.deletions,
  override: r.override,
  enabled: true,
};

local json(path, value) = { path: path, content: std.manifestJsonEx(value, '  ') + '\n' };

// m: the model
local bodies(m) = std.flatMap(function(site) [
  json('registry-' + site.name + '.json', endpoint(site)),
  json('update-' + site.name + '.json', update(site)),
  json('policy-' + site.name + '.json', policy(m.spec.replication, site)),
], m.replication.targets);

{
  // bodies are files of the output too: the same as data.
  bodies:: bodies,

  // m: the model
  component(m)::
    replication.component(m, { of: 'core', url: shared.addresses.CORE_URL }, bodies(m), importstr 'replication.sh')
    + { resources: shared.requests('50m', '64Mi', '32Mi') },
}
