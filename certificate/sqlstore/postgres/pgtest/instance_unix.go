//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Instance is a server in a folder of its own.
type Instance struct {
	bin, dir string
	account  *syscall.Credential // nil: whoever runs the tests
	settings []string
	leash    io.Closer     // the server stops when this is closed, also by the end of this process
	done     chan struct{} // closed when the server has ended, with exit set before
	exit     error
	log      bytes.Buffer
}

// NewInstance makes and starts a server. With durable it waits for the disk at each commit, as a
// server should that is to be killed.
func NewInstance(durable bool) (*Instance, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	i := &Instance{bin: bin}
	if i.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	i.settings = []string{"-c", "port=5432", "-c", "listen_addresses=", "-c", "unix_socket_directories=" + i.dir, "-c", "max_connections=200",
		"-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal", "-c", "logging_collector=off", "-c", "max_wal_size=1GB"}
	if !durable { // commits are still written to the system, which keeps them when the server is killed
		i.settings = append(i.settings, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	if err := i.init(); err != nil {
		i.Remove()
		return nil, err
	}
	if err := i.Start(); err != nil {
		i.Remove()
		return nil, err
	}
	return i, nil
}

// binaries finds the newest server on this machine.
func binaries() (string, error) {
	const program = "postgres"
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	if err != nil {
		return "", err
	}
	if len(debian) > 0 {
		newest := slices.MaxFunc(debian, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(newest), nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", errors.New("pgtest: PostgreSQL is not installed (Debian: apt-get install postgresql)")
	}
	return filepath.Dir(path), nil
}

// version is the major version in Debian's path, 0 for what is none.
func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// init fills the data folder. PostgreSQL refuses to run as root, so root lends an account.
func (i *Instance) init() error {
	if os.Getuid() == 0 {
		var err error
		if i.account, err = account("postgres", "nobody"); err != nil {
			return err
		}
		if err := os.Chown(i.dir, int(i.account.Uid), int(i.account.Gid)); err != nil {
			return err
		}
	}
	cmd := i.command(filepath.Join(i.bin, "initdb"), "-D", i.data(), "-U", "sertel", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: initdb: %w: %s", err, out)
	}
	return nil
}

func account(names ...string) (*syscall.Credential, error) {
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("pgtest: as root, one of the accounts %v is needed", names)
}

func (i *Instance) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir = i.dir
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: i.account}
	return cmd
}

func (i *Instance) data() string { return filepath.Join(i.dir, "data") }

// DSN is the connection string without the name of a database.
func (i *Instance) DSN() string { return "host=" + i.dir + " port=5432 user=sertel sslmode=disable" }

// leashed runs the server until its standard input ends.
const leashed = `"$@" </dev/null & server=$!
(while read -r _; do :; done; kill -QUIT $server) 0<&3 2>/dev/null &
wait $server`

// Start starts the server and waits until it answers.
func (i *Instance) Start() error {
	return await("start", func(ctx context.Context) error {
		if err := i.launch(); err != nil {
			return err
		}
		db, err := sql.Open("pgx", i.DSN()+" dbname=postgres")
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		for ctx.Err() == nil {
			if db.PingContext(ctx) == nil {
				return nil
			}
			select {
			case <-i.done: // such as children of a killed one that still hold its memory
				closed := i.leash.Close()
				i.leash = nil
				return errors.Join(fmt.Errorf("server ended: %s", i.log.Bytes()), i.exit, closed)
			case <-time.After(10 * time.Millisecond):
			}
		}
		return ctx.Err()
	})
}

func (i *Instance) launch() error {
	i.log.Reset()
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	args := append([]string{"-c", leashed, "sh", filepath.Join(i.bin, "postgres"), "-D", i.data()}, i.settings...)
	cmd := i.command("/bin/sh", args...)
	cmd.ExtraFiles = []*os.File{read}
	cmd.Stdout, cmd.Stderr = &i.log, &i.log
	if err := cmd.Start(); err != nil {
		return errors.Join(err, read.Close(), write.Close())
	}
	i.leash, i.done = write, make(chan struct{})
	go func() {
		defer close(i.done)
		i.exit = cmd.Wait()
	}()
	return read.Close()
}

// Kill ends every process of the server at once with SIGKILL.
func (i *Instance) Kill() error {
	pids, err := i.processes()
	if err != nil {
		return err
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	return i.ended()
}

// processes lists the server's processes, the first one of which started the others.
func (i *Instance) processes() ([]int, error) {
	lock, err := os.ReadFile(filepath.Join(i.data(), "postmaster.pid"))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(lock), "\n")
	main, err := strconv.Atoi(first)
	if err != nil {
		return nil, err
	}
	pids := []int{main}
	db, err := sql.Open("pgx", i.DSN()+" dbname=postgres")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(context.Background(), `SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, rows.Err()
}

// ended waits until the server is gone.
func (i *Instance) ended() error {
	err := i.leash.Close()
	<-i.done
	i.leash = nil
	return err
}

// Remove stops the server and deletes its folder.
func (i *Instance) Remove() {
	if i.leash != nil {
		_ = i.ended()
	}
	_ = os.RemoveAll(i.dir)
}
