package accept

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"
	cliflag "k8s.io/component-base/cli/flag"
	kubelet "k8s.io/kubelet/config/v1beta1"
	evictionapi "k8s.io/kubernetes/pkg/kubelet/eviction/api"
	"sigs.k8s.io/yaml"
)

// checkKubelet reads a configuration into the kubelet's own type, without mercy
// for unknown fields.
func checkKubelet(file File) error {
	var config kubelet.KubeletConfiguration
	if err := yaml.UnmarshalStrict(file.Data, &config); err != nil {
		return err
	}
	if config.GroupVersionKind() != kubelet.SchemeGroupVersion.WithKind("KubeletConfiguration") {
		return fmt.Errorf("it is a %s", config.GroupVersionKind())
	}
	if config.EvictionPressureTransitionPeriod.Duration == 0 {
		return errors.New("no evictionPressureTransitionPeriod")
	}
	return checkThresholds(config.EvictionHard, config.EvictionSoft, config.EvictionSoftGracePeriod, config.EvictionMinimumReclaim)
}

// signals are those that have a default.
var signals = []evictionapi.Signal{
	evictionapi.SignalMemoryAvailable, evictionapi.SignalNodeFsAvailable, evictionapi.SignalNodeFsInodesFree,
	evictionapi.SignalImageFsAvailable, evictionapi.SignalImageFsInodesFree,
}

// checkThresholds wants signals that the kubelet knows with amounts that it reads,
// a hard threshold for each, because to name one drops the defaults of all
// others, and a grace period for each soft one and no other.
func checkThresholds(hard, soft, grace, reclaim map[string]string) error {
	for _, table := range []map[string]string{hard, soft, reclaim} {
		for signal, amount := range table {
			if _, known := evictionapi.OpForSignal[evictionapi.Signal(signal)]; !known {
				return fmt.Errorf("the kubelet knows no signal %s", signal)
			}
			part, isPart := strings.CutSuffix(amount, "%")
			n, err := strconv.ParseFloat(part, 32)
			if !isPart {
				_, err = resource.ParseQuantity(amount)
			}
			if err != nil || isPart && (n <= 0 || n >= 100) {
				return fmt.Errorf("%s: %q is no amount", signal, amount)
			}
		}
	}
	for _, signal := range signals {
		if hard[string(signal)] == "" {
			return fmt.Errorf("nothing is said of %s, whose default is gone", signal)
		}
	}
	for signal, period := range grace {
		if _, err := time.ParseDuration(period); err != nil || soft[signal] == "" {
			return fmt.Errorf("%s: a grace period of %q for the soft threshold %q", signal, period, soft[signal])
		}
	}
	if len(soft) != len(grace) {
		return errors.New("a soft threshold has no grace period")
	}
	return nil
}

var environmentLine = regexp.MustCompile(`(?m)^Environment="KUBELET_EXTRA_ARGS=([^"]*)"$`)

// checkKubeletDropIn lays the drop-in beside a kubelet's unit, wants systemd to
// take both, and takes the flags as the kubelet of that time did.
func checkKubeletDropIn(file File) error {
	if err := verifyDropIn("kubelet", filepath.Base(file.Path), file.Data); err != nil {
		return err
	}
	match := environmentLine.FindStringSubmatch(string(file.Data))
	if match == nil {
		return errors.New("it sets no KUBELET_EXTRA_ARGS")
	}
	args := strings.ReplaceAll(match[1], "%%", "\x00")
	if strings.Contains(args, "%") {
		return errors.New("a percent sign starts a specifier of systemd")
	}
	args = strings.ReplaceAll(args, "\x00", "%")
	var hard, soft, grace, reclaim map[string]string
	flags := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	flags.Var(cliflag.NewLangleSeparatedMapStringString(&hard), "eviction-hard", "")
	flags.Var(cliflag.NewLangleSeparatedMapStringString(&soft), "eviction-soft", "")
	flags.Var(cliflag.NewMapStringString(&grace), "eviction-soft-grace-period", "")
	flags.Var(cliflag.NewMapStringString(&reclaim), "eviction-minimum-reclaim", "")
	flags.Int32("eviction-max-pod-grace-period", 0, "")
	flags.Duration("eviction-pressure-transition-period", 0, "")
	if err := flags.Parse(strings.Fields(args)); err != nil {
		return err
	}
	return checkThresholds(hard, soft, grace, reclaim)
}

// verifyDropIn has systemd read a unit with one drop-in.
func verifyDropIn(unit, name string, data []byte) error {
	dir, err := os.MkdirTemp("", "unit")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	service := filepath.Join(dir, unit+".service")
	text := "[Unit]\nDescription=" + unit + "\n[Service]\nExecStart=/bin/true $KUBELET_EXTRA_ARGS\n"
	if err := os.WriteFile(service, []byte(text), 0o644); err != nil {
		return err
	}
	if err := os.Mkdir(service+".d", 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(service+".d", name), data, 0o644); err != nil {
		return err
	}
	// A specifier that is none shows as a warning only.
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", service).CombinedOutput()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.Contains(line, name) {
			return errors.New(strings.ReplaceAll(line, dir+"/", ""))
		}
	}
	if err != nil {
		return fmt.Errorf("systemd-analyze verify: %w: %s", err, out)
	}
	return nil
}

// checkContainerd wants TOML of the keys that hagen writes, with an absolute path.
func checkContainerd(file File) error {
	var config struct {
		Version int    `toml:"version"`
		Root    string `toml:"root"`
	}
	meta, err := toml.Decode(string(file.Data), &config)
	if err != nil {
		return err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 || config.Version != 2 || !filepath.IsAbs(config.Root) {
		return fmt.Errorf("version %d, root %q, unknown %v", config.Version, config.Root, unknown)
	}
	return nil
}
