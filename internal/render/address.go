package render

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// ipv4 returns the number of an IPv4 address, or null for any other text.
func ipv4(text string) any {
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is4() {
		return nil
	}
	b := address.As4()
	return float64(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]))
}

// parseURL splits an external URL. Its "authority" is what a client writes:
// the port only when it is not the scheme's own.
func parseURL(text string) (any, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is no URL with a host", text)
	}
	usual := 80
	if u.Scheme == "https" {
		usual = 443
	}
	port := usual
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("%q has no valid port", text)
		}
	}
	authority := bracketed(u.Hostname())
	if port != usual {
		authority += ":" + strconv.Itoa(port)
	}
	return map[string]any{
		"scheme": u.Scheme, "host": u.Hostname(), "port": float64(port),
		"explicit_port": u.Port() != "", "authority": authority,
	}, nil
}

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func hostPort(args []any) (any, error) {
	text, _ := args[0].(string)
	fallback, _ := args[1].(float64)
	host, port := text, strconv.Itoa(int(fallback))
	if i := strings.LastIndexByte(text, ':'); i >= 0 && !strings.HasSuffix(text, "]") {
		host, port = text[:i], text[i+1:]
	}
	number, err := strconv.Atoi(port)
	if err != nil || host == "" {
		return nil, fmt.Errorf("%q is no host:port", text)
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return map[string]any{"host": host, "port": float64(number)}, nil
}
