// What tells that a registry works, for the runbooks of both targets.
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';

{
  // registry is a round trip through every component that a push needs.
  // m: the model
  registry(m):: {
    local image = m.net.authority + '/library/busybox:check',
    title: 'Check',
    text: markdown.code('sh', [
      'curl --fail --silent --show-error ' + native.shellQuote(m.net.external + m.harbor.health.path),
      'docker login ' + m.net.authority + ' --username admin',
      'docker pull busybox && docker tag busybox ' + image,
      'docker push ' + image + ' && docker rmi ' + image + ' && docker pull ' + image,
    ]) + markdown.text([
      'Expected: ' + m.harbor.health.answer + '; `Login Succeeded`; push and pull name the same digest. Repeat the',
      'push a few times: with one node or pod that has other keys it fails only now and then, and behind a',
      'balancer that is sticky not at all.',
    ]),
  },
}
