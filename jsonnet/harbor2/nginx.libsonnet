// What the configurations of the two nginx have in common.
{
  // raw marks a word that holds variables of nginx.
  raw(text):: { raw: text },

  // main is a whole configuration. Both images run as a user who may write
  // nowhere but in /tmp.
  // connections: of one worker; http: the directives of the http block
  main(connections, http):: [
    ['worker_processes', 'auto'],
    ['pid', '/tmp/nginx.pid'],
    ['events', [
      ['worker_connections', connections],
      ['use', 'epoll'],
      ['multi_accept', 'on'],
    ]],
    ['http', [
      ['client_body_temp_path', '/tmp/client_body_temp'],
      ['proxy_temp_path', '/tmp/proxy_temp'],
      ['fastcgi_temp_path', '/tmp/fastcgi_temp'],
      ['uwsgi_temp_path', '/tmp/uwsgi_temp'],
      ['scgi_temp_path', '/tmp/scgi_temp'],
    ] + http],
  ],
}
