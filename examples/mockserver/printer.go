package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"text/tabwriter"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// printer tells what a developer needs. Passphrases are printed: these are
// nobody's.
type printer struct {
	mu sync.Mutex
	w  io.Writer
}

func (p *printer) start(address net.Addr, control net.Listener, srv *mockbsre.Server, people []mockbsre.Seeded) {
	p.mu.Lock()
	defer p.mu.Unlock()
	username, password := srv.Credential()
	fmt.Fprintf(p.w, "BSrE TIRUAN - tanda tangan dari server ini tidak berlaku di mana pun.\n\n")
	host, where := reachable(address)
	fmt.Fprintf(p.w, "address   http://%s%s\nusername  %s\npassword  %s\n\n", host, where, username, password.Reveal())
	fmt.Fprintf(p.w, "pages     http://%s/\nlogin     a NIP with %s\n\n", host, mockbsre.PortalPassword)
	if control != nil {
		host, where := reachable(control.Addr())
		fmt.Fprintf(p.w, "admin     http://%s%s\n\n", host, where)
	}
	if script := srv.Faults(); script.Hostile {
		fmt.Fprintf(p.w, "hostile   -fault-seed %d\n\n", script.Seed)
	}
	table := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STATUS\tNIK\tNIP\tWORK MAIL\tNAME\tPASSPHRASE")
	for _, s := range people {
		phrase := "-"
		if !s.Passphrase.IsZero() {
			phrase = string(s.Passphrase.Reveal())
		}
		fmt.Fprintf(table, "%v\t%s\t%s\t%s\t%s\t%s\n", s.Status, s.Person.NIK, s.Person.EmployeeNumber, s.Person.WorkEmail, s.Person.Name, phrase)
	}
	_ = table.Flush()
	fmt.Fprintln(p.w, "\nready")
}

// reachable is an address as it works from this machine, and a remark when it
// stands for all addresses.
func reachable(a net.Addr) (host, where string) {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port)), " (on all addresses)"
	}
	return a.String(), ""
}

func onLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// code prints a one-time code, as the signer's app would show it.
func (p *printer) code(mail string, code passphrase.Secret) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "one-time code for %s: %s\n", mail, code.Reveal())
}

func printQuirks(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "QUIRK\tDEFAULT\tEVIDENCE")
	for _, q := range mockbsre.AllQuirks() {
		state := "off"
		if q.Default() {
			state = "on"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", q, state, q.Evidence())
	}
	_ = table.Flush()
}
