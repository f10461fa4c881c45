package compile

import (
	"runtime"
	"sync"

	"hagen/internal/diag"
	"hagen/internal/spec"
)

// Job is one site to compile.
type Job struct {
	Document    *spec.Document
	Environment string
	// Dir is the folder of the spec, against which its paths are read.
	Dir string
}

// Jobs returns what there is to compile in a document: its environments, or
// the spec itself when it has none, or the one environment that is asked for.
func (c *Compiler) Jobs(document *spec.Document, dir, environment string) ([]Job, error) {
	daysAsText(document.Root)
	if err := placed(document, c.schema.CheckEnvironments(document.Root)); err != nil {
		return nil, err
	}
	if environment != "" {
		return []Job{{Document: document, Environment: environment, Dir: dir}}, nil
	}
	var jobs []Job
	for _, name := range document.Environments() {
		jobs = append(jobs, Job{Document: document, Environment: name, Dir: dir})
	}
	if len(jobs) == 0 {
		jobs = append(jobs, Job{Document: document, Dir: dir})
	}
	return jobs, nil
}

// Each compiles all jobs on at most as many cores as there are and hands each
// site to take, in no fixed order and from several goroutines. The errors of
// all jobs come back together.
func (c *Compiler) Each(jobs []Job, take func(job int, site Site) error) error {
	return c.each(jobs, func(job int, site Site, err error) error {
		if err != nil {
			return err
		}
		return take(job, site)
	})
}

func (c *Compiler) each(jobs []Job, take func(job int, site Site, err error) error) error {
	var problems diag.List
	var mu sync.Mutex
	var group sync.WaitGroup
	environments := map[*spec.Document]int{}
	for _, job := range jobs {
		environments[job.Document]++
	}
	queue := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		group.Add(1)
		go func() {
			defer group.Done()
			workers := map[string]*Worker{}
			if len(jobs) == 1 {
				workers[jobs[0].Dir] = c.Alone(jobs[0].Dir)
			}
			for i := range queue {
				site, err := c.one(workers, jobs[i])
				err = take(i, site, inEnvironment(site, err, jobs[i].Environment, environments[jobs[i].Document]))
				mu.Lock()
				problems.Add(err)
				mu.Unlock()
			}
		}()
	}
	for i := range jobs {
		queue <- i
	}
	close(queue)
	group.Wait()
	return problems.ErrorOrNil()
}

// inEnvironment says of all that is told of a site in which environment it was, of
// how many.
func inEnvironment(site Site, err error, name string, among int) error {
	if name == "" {
		return err
	}
	for i, warning := range site.Warnings {
		site.Warnings[i] = warning.In(name, among)
	}
	return diag.In(err, name, among)
}

// EachSite compiles all jobs as Each does and hands on every site, those that
// are wrong too with what is known of them.
func (c *Compiler) EachSite(jobs []Job, take func(job int, site Site)) error {
	return c.each(jobs, func(job int, site Site, err error) error {
		take(job, site)
		return err
	})
}

func (c *Compiler) one(workers map[string]*Worker, job Job) (Site, error) {
	worker, ok := workers[job.Dir]
	if !ok {
		worker = c.Worker(job.Dir)
		workers[job.Dir] = worker
	}
	return worker.Compile(job.Document, job.Environment)
}
