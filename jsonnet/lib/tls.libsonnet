// The certificate that clients see, in a Secret of its own.

local rotation = 'clients see the new pair once the proxy has restarted; certificate and key change together, or the proxy does not start. Restart one proxy after the other';

// m: the model; base: owner and mode on a node
// Result: material -> what it is
function(m, base)
  local entry = base { kind: 'given', secret: m.spec.registry.tls.secret_name, rotation: rotation };
  {
    'tls.crt': entry {
      description: 'certificate of ' + m.net.host + ', then its intermediates, PEM',
      format: 'pem-certificate',
      pair: 'tls.key',
      host: m.net.host,
    },
    'tls.key': entry { description: 'private key of the certificate, PEM', format: 'pem-key' },
  }
