// The provider of the secrets against those who read what it makes.
local report = import 'report.libsonnet';

// m: the model
function(m) if !m.onKubernetes then [] else report.refuse(
  m.spec.secrets.provider == 'sops' && std.member(m.spec.gitops.engines, 'argocd'),
  ['secrets', 'provider'],
  'provider is "sops", and Argo CD does not decrypt such files',
  'it applies what is encrypted as it is: the Secret holds ENC[…] in place of each password, the sync succeeds, and the next pods cannot log in anywhere',
  'write provider = "sealed-secrets" or "external-secrets", or let Flux bring the Secrets and remove "argocd"'
)
