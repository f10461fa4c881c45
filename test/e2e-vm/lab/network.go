package lab

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Gateway is the lab's own address, where everything but the nodes answers.
const Gateway = "10.77.0.1"

// domain is the one that the lab's names end with; each leads to the gateway, or
// to where Name says.
const domain = ".lab."

var elsewhere sync.Map

// Name lets a name of the domain lead to another address, until Clear.
func Name(name, address string) { elsewhere.Store(name+".", net.ParseIP(address).To4()) }

// network makes a bridge that the nodes are plugged into.
func network() error {
	for _, line := range []string{
		"link set lo up",
		"link add lan type bridge",
		"address add " + Gateway + "/24 dev lan",
		"link set lan up",
	} {
		if _, err := run("ip", strings.Fields(line)...); err != nil {
			return err
		}
	}
	return nil
}

// hardware is the address of a node's interface: the same after every start, as a
// machine's is, or the others would look for it where it was.
func hardware(address string) string {
	ip := net.ParseIP(address).To4()
	return fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", ip[0], ip[1], ip[2], ip[3])
}

// plug connects a node by its first process.
func plug(name, address string, pid int) error {
	inside := []string{"-t", fmt.Sprint(pid), "-n", "ip"}
	for _, step := range [][]string{
		{"ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "address", hardware(address), "netns", fmt.Sprint(pid)},
		{"ip", "link", "set", name, "master", "lan", "up"},
		append(append([]string{"nsenter"}, inside...), "link", "set", "lo", "up"),
		append(append([]string{"nsenter"}, inside...), "address", "add", address+"/24", "dev", "eth0"),
		append(append([]string{"nsenter"}, inside...), "link", "set", "eth0", "up"),
		append(append([]string{"nsenter"}, inside...), "route", "add", "default", "via", Gateway),
	} {
		if _, err := run(step[0], step[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// names serves the lab's domain, and makes this process ask for it.
func names() error {
	conn, err := net.ListenPacket("udp", Gateway+":53")
	if err != nil {
		return err
	}
	go serveNames(conn)
	for name, text := range map[string]string{
		"resolv.conf": "nameserver " + Gateway + "\n",
		"hosts":       "127.0.0.1 localhost\n::1 localhost\n",
	} {
		path := filepath.Join(Dir(), name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
		target, err := filepath.EvalSymlinks("/etc/" + name)
		if err != nil {
			return err
		}
		if _, err := run("mount", "--bind", path, target); err != nil {
			return err
		}
	}
	return nil
}

func serveNames(conn net.PacketConn) {
	buffer := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		if reply, err := named(buffer[:n]); err == nil {
			_, _ = conn.WriteTo(reply, from)
		}
	}
}

// named answers a query: the gateway for every name of the domain, nothing else.
func named(query []byte) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(query)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	header.Response, header.Authoritative, header.RecursionAvailable = true, true, true
	known := strings.HasSuffix(question.Name.String(), domain)
	if !known {
		header.RCode = dnsmessage.RCodeNameError
	}
	builder := dnsmessage.NewBuilder(nil, header)
	if err := builder.StartQuestions(); err != nil {
		return nil, err
	}
	if err := builder.Question(question); err != nil {
		return nil, err
	}
	if known && question.Type == dnsmessage.TypeA {
		if err := builder.StartAnswers(); err != nil {
			return nil, err
		}
		address := net.ParseIP(Gateway).To4()
		if other, found := elsewhere.Load(question.Name.String()); found {
			address = other.(net.IP)
		}
		resource := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 1}
		if err := builder.AResource(resource, dnsmessage.AResource{A: [4]byte(address)}); err != nil {
			return nil, err
		}
	}
	return builder.Finish()
}
