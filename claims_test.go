package sertel_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The counts of public PDFs in the READMEs are those of the list, whose outcomes TestCorpus of signing asserts.
func TestCountsOfPublicPDFsAreTheLists(t *testing.T) {
	list, err := os.ReadFile("signing/testdata/corpus.tsv")
	require.NoError(t, err)
	header, rest, _ := strings.Cut(string(list), "\n")
	require.True(t, strings.HasSuffix(header, "\tqpdf\toutcome"), header)
	var total, clean, cleanSigned, dirtySigned, dirtyRefused int
	var cleanRefused []string
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		require.Len(t, cells, 7, line)
		total++
		qpdf, outcome := cells[5], cells[6]
		signed := outcome == "signed"
		require.True(t, signed || strings.HasPrefix(outcome, "refused: "), line)
		switch {
		case qpdf == "0" && signed:
			clean++
			cleanSigned++
		case qpdf == "0":
			clean++
			cleanRefused = append(cleanRefused, outcome)
		case signed:
			dirtySigned++
		default:
			dirtyRefused++
		}
	}
	require.ElementsMatch(t, []string{"refused: UnsupportedError XFA form", "refused: ErrNoPage"}, cleanRefused)
	for name, sentence := range map[string]string{
		"README.md": "[%d public PDFs](signing/testdata/corpus.tsv) of other producers: %d are clean by `qpdf`, " +
			"%d of these are signed and sound, %d (an XFA form, a file without pages) refused with a typed error; of the other %d, %d are signed soundly and %d refused",
		"README.id.md": "[%d PDF publik](signing/testdata/corpus.tsv) dari pembuat lain: %d bersih menurut `qpdf`, " +
			"%d di antaranya ditandatangani dan utuh, %d (formulir XFA, berkas tanpa halaman) ditolak dengan galat bertipe; dari %d lainnya %d ditandatangani dengan utuh dan %d ditolak",
	} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Contains(t, string(text), fmt.Sprintf(sentence,
			total, clean, cleanSigned, len(cleanRefused), total-clean, dirtySigned, dirtyRefused))
	}
}

var (
	attackCount = regexp.MustCompile(`Of (\d+) attacks, called valid by \| sertel \| pdfsig \| pdfsign \|\n.*\n\| \| (\d+) \| \d+ \| (\d+) \|`)
	attackClaim = regexp.MustCompile(`(?m)^\| (?:attacks of our table|serangan dalam tabel).* \| (\d+) \| – \| – \| (\d+) (?:of|dari) (\d+) \|`)
)

// The attacks in the READMEs and in SECURITY.md are those of the table, which TestBesideOthers of verify writes.
func TestCountsOfAttacksAreTheTables(t *testing.T) {
	table, err := os.ReadFile("signing/verify/ATTACKS.md")
	require.NoError(t, err)
	var attacks, ours, pdfsign int
	parts := attackCount.FindAllStringSubmatch(string(table), -1)
	require.NotEmpty(t, parts)
	for _, part := range parts {
		for i, sum := range []*int{&attacks, &ours, &pdfsign} {
			n, err := strconv.Atoi(part[i+1])
			require.NoError(t, err)
			*sum += n
		}
	}
	for _, name := range readmes {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		claim := attackClaim.FindStringSubmatch(string(text))
		require.NotNil(t, claim, name)
		assert.Equal(t, []string{fmt.Sprint(ours), fmt.Sprint(pdfsign), fmt.Sprint(attacks)}, claim[1:], name)
	}
	security, err := os.ReadFile("SECURITY.md")
	require.NoError(t, err)
	assert.Contains(t, string(security), fmt.Sprintf("\n- %d attacks are judged in the tests; none is called valid", attacks))
	assert.Zero(t, ours)
}

// goName is a name of a package in a document, such as `verify.Options.Roots` or `verify.Trust()`.
var goName = regexp.MustCompile("`([a-z]+)\\.([A-Z]\\w*)((?:\\.[A-Z]\\w*)?)(?:\\([^`)]*\\))?`")

// A name of ours that a document mentions exists.
func TestNamesInDocumentsExist(t *testing.T) {
	packages := exportedNames(t)
	looked := 0
	for page, text := range documents(t) {
		for _, found := range goName.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			names, ours := packages[found[1]]
			if !ours {
				continue
			}
			looked++
			assert.True(t, names[found[2]+found[3]], "%s mentions %s.%s%s", page, found[1], found[2], found[3])
		}
	}
	assert.Greater(t, looked, 10, "names were found at all")
}

// exportedNames are the names of each package that is not a program, with fields and methods as "Type.Name". Packages
// of the same name share theirs.
func exportedNames(t *testing.T) map[string]map[string]bool {
	t.Helper()
	packages := map[string]map[string]bool{}
	files, err := filepath.Glob("*/*.go")
	require.NoError(t, err)
	for _, pattern := range []string{"*/*/*.go", "*/*/*/*.go"} {
		more, err := filepath.Glob(pattern)
		require.NoError(t, err)
		files = append(files, more...)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		if packages[file.Name.Name] == nil {
			packages[file.Name.Name] = map[string]bool{}
		}
		for _, decl := range file.Decls {
			addNames(packages[file.Name.Name], decl)
		}
	}
	return packages
}

func addNames(names map[string]bool, decl ast.Decl) {
	if f, ok := decl.(*ast.FuncDecl); ok {
		prefix := ""
		if f.Recv != nil {
			prefix = receiver(f.Recv.List[0].Type) + "."
		}
		names[prefix+f.Name.Name] = true
		return
	}
	for _, spec := range decl.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				names[name.Name] = true
			}
		case *ast.TypeSpec:
			names[spec.Name.Name] = true
			var fields *ast.FieldList
			switch of := spec.Type.(type) {
			case *ast.StructType:
				fields = of.Fields
			case *ast.InterfaceType:
				fields = of.Methods
			default:
				continue
			}
			for _, field := range fields.List {
				for _, name := range field.Names {
					names[spec.Name.Name+"."+name.Name] = true
				}
			}
		}
	}
}

// receiver is the name of a method's type.
func receiver(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.StarExpr:
		return receiver(of.X)
	case *ast.IndexExpr:
		return receiver(of.X)
	case *ast.Ident:
		return of.Name
	}
	return ""
}
