package rule

import (
	"net"
	"net/netip"
	"net/url"
)

// parseURL gives scheme, host, port, path and whether there is a password; a
// text that is no URL gives null.
func parseURL(_ *Evaluator, args []any) (any, error) {
	u, err := url.Parse(args[0].(string))
	if err != nil || u.Scheme == "" || u.Host == "" {
		return nil, nil
	}
	_, password := u.User.Password()
	return map[string]any{
		"scheme": u.Scheme, "host": u.Hostname(), "port": u.Port(), "path": u.Path,
		"authority": u.Host, "user": u.User.Username(), "password": password,
	}, nil
}

// hostPort takes host:port apart; without a port all of it is the host.
func hostPort(_ *Evaluator, args []any) (any, error) {
	host, port, err := net.SplitHostPort(args[0].(string))
	if err != nil {
		host, port = args[0].(string), ""
	}
	return map[string]any{"host": host, "port": port}, nil
}

func isAddress(_ *Evaluator, args []any) (any, error) {
	_, err := netip.ParseAddr(args[0].(string))
	return err == nil, nil
}

// cidrContains tells whether a network holds an address; what is neither is
// not held.
func cidrContains(_ *Evaluator, args []any) (any, error) {
	prefix, err := netip.ParsePrefix(args[0].(string))
	address, err2 := netip.ParseAddr(args[1].(string))
	return err == nil && err2 == nil && prefix.Contains(address), nil
}

func cidrOverlap(_ *Evaluator, args []any) (any, error) {
	a, err := netip.ParsePrefix(args[0].(string))
	b, err2 := netip.ParsePrefix(args[1].(string))
	return err == nil && err2 == nil && a.Overlaps(b), nil
}

// cidrNetwork is the network that a range belongs to, such as 10.0.0.0/24 for
// 10.0.0.5/24; what is no range is "".
func cidrNetwork(_ *Evaluator, args []any) (any, error) {
	prefix, err := netip.ParsePrefix(args[0].(string))
	if err != nil {
		return "", nil
	}
	return prefix.Masked().String(), nil
}
