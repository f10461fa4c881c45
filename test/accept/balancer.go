package accept

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// crt is the option of a bind line that names the certificate.
var crt = regexp.MustCompile(` crt (\S+)`)

// checkHAProxy has HAProxy check the configuration, with a certificate of the
// test in place of the one that an operator puts on the balancer.
func checkHAProxy(file File) error {
	path, remove, err := stage("haproxy.cfg", nil)
	if err != nil {
		return err
	}
	defer remove()
	certificate := filepath.Join(filepath.Dir(path), "certificate.pem")
	if err := writeCertificate(certificate); err != nil {
		return err
	}
	text := crt.ReplaceAllString(string(file.Data), " crt "+certificate)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	_, stderr, err := command("", nil, "haproxy", "-c", "-f", path)
	if warnings := strings.TrimSpace(stderr); err == nil && strings.Contains(warnings, "WARNING") {
		return errors.New(warnings)
	}
	return err
}

// writeCertificate makes a self-signed pair in one file, as HAProxy reads it.
func writeCertificate(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	data := append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})...,
	)
	return os.WriteFile(path, data, 0o600)
}

// checkKeepalived has keepalived check the configuration, on an interface that
// this machine has.
func checkKeepalived(file File) error {
	name, err := someInterface()
	if err != nil {
		return err
	}
	text := regexp.MustCompile(`(?m)^(\s+interface) \S+$`).ReplaceAllString(string(file.Data), "$1 "+name)
	path, remove, err := stage("keepalived.conf", []byte(text))
	if err != nil {
		return err
	}
	defer remove()
	_, stderr, err := command("", nil, "keepalived", "--config-test="+path+".log", "--use-file="+path)
	if said, _ := os.ReadFile(path + ".log"); err != nil && len(said) > 0 {
		return errors.New(strings.TrimSpace(string(said)))
	}
	if err == nil && strings.TrimSpace(stderr) != "" {
		return errors.New(strings.TrimSpace(stderr))
	}
	return err
}

// someInterface names one that reaches other machines, several at once.
func someInterface() (string, error) {
	all, err := net.Interfaces()
	for _, found := range all {
		if found.Flags&(net.FlagLoopback|net.FlagUp|net.FlagMulticast) == net.FlagUp|net.FlagMulticast {
			return found.Name, err
		}
	}
	return "", errors.Join(errors.New("there is no network interface for keepalived"), err)
}
