#!/usr/bin/env bash
# Makes the PDFs of this folder anew with the producers that README.md names. Not run by the tests:
# what they read is the files as they stand.
set -euo pipefail
cd "$(dirname "$0")"
out=$(realpath "${1:?folder to write to}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/chromium" --no-pdf-header-footer \
  --print-to-pdf="$out/chrome.pdf" "file://$PWD/surat.html"
wkhtmltopdf -q surat.html "$out/wkhtmltopdf.pdf"
weasyprint surat.html "$out/weasyprint.pdf"
pdflatex -interaction=batchmode -output-directory="$work" surat.tex
cp "$work/surat.pdf" "$out/pdftex.pdf"
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile="$out/ghostscript.pdf" "$out/pdftex.pdf"
pdftocairo -pdf "$out/pdftex.pdf" "$out/cairo.pdf"
for kind in tcpdf fpdf dompdf; do php surat.php "$kind" "$out/$kind.pdf"; done
python3 formulir.py "$out/reportlab-form.pdf"
python3 hybrid.py "$out/hybrid.pdf"
fop -q surat.fo "$out/fop.pdf"
perl -MPDF::API2 -e 'my $p = PDF::API2->new(); my $g = $p->page(); $g->mediabox("A4"); my $t = $g->text;
  $t->font($p->corefont("Helvetica"), 12); $t->translate(72, 700); $t->text("Surat contoh, rekaan ^");
  $p->info(Title => "Surat Contoh"); $p->saveas($ARGV[0])' "$out/pdfapi2.pdf"
(cd "$work" && npm init -y >/dev/null && npm install pdfkit pdf-lib jspdf >/dev/null)
NODE_PATH="$work/node_modules" node npm.js "$out"
pdftoppm -r 60 -jpeg -gray "$out/pdftex.pdf" "$work/scan"
img2pdf "$work/scan-1.jpg" -o "$out/img2pdf-scan.pdf"

office() { soffice "-env:UserInstallation=file://$work/office" --headless --convert-to "$1" --outdir "$work" "$2" >/dev/null; }
office odt:writer8 surat.html
office pdf:writer_pdf_Export "$work/surat.odt" && cp "$work/surat.pdf" "$out/libreoffice.pdf"
for part in 1 2; do
  office "pdf:writer_pdf_Export:{\"SelectPdfVersion\":{\"type\":\"long\",\"value\":\"$part\"},\"UseTaggedPDF\":{\"type\":\"boolean\",\"value\":\"true\"}}" "$work/surat.odt"
  cp "$work/surat.pdf" "$out/libreoffice-pdfa$part"b.pdf
done

qpdf --deterministic-id --linearize "$out/libreoffice.pdf" "$out/qpdf-linearised.pdf"
qpdf --deterministic-id --linearize --object-streams=generate "$out/reportlab-form.pdf" "$out/qpdf-linearised-objstm-form.pdf"
qpdf --deterministic-id --object-streams=generate "$out/libreoffice.pdf" "$out/qpdf-objstm.pdf"
qpdf --deterministic-id --rotate=+90 "$out/chrome.pdf" "$out/qpdf-rotated.pdf"
qpdf --allow-weak-crypto --encrypt "" pemilik 40 -- "$out/fpdf.pdf" "$out/encrypted-rc4-40.pdf"
qpdf --allow-weak-crypto --encrypt "" pemilik 128 --use-aes=n -- "$out/fpdf.pdf" "$out/encrypted-rc4-128.pdf"
qpdf --allow-weak-crypto --encrypt "" pemilik 128 --use-aes=y -- "$out/reportlab-form.pdf" "$out/encrypted-aes128-form.pdf"
qpdf --encrypt "" pemilik 256 -- "$out/libreoffice.pdf" "$out/encrypted-aes256-r6.pdf"
qpdf --allow-weak-crypto --encrypt "" pemilik 256 --force-R5 -- "$out/fpdf.pdf" "$out/encrypted-aes256-r5.pdf"
qpdf --encrypt rahasia pemilik 256 --cleartext-metadata -- --object-streams=generate "$out/fpdf.pdf" "$out/encrypted-aes256-password.pdf"
mutool clean -gggg "$out/ghostscript.pdf" "$out/mutool-clean.pdf"
pdfunite "$out/fpdf.pdf" "$out/cairo.pdf" "$out/poppler-pdfunite.pdf"
pdftk "$out/reportlab-form.pdf" "$out/fpdf.pdf" cat output "$out/pdftk-form.pdf"

# Signed by poppler, with a throw-away key of an invented person.
mkdir "$work/nss" && certutil -N -d "sql:$work/nss" --empty-password
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 7300 \
  -subj "/C=ID/O=Instansi Contoh (rekaan)/CN=Penanda Tangan Contoh" \
  -addext "keyUsage=critical,digitalSignature,nonRepudiation" -addext "extendedKeyUsage=emailProtection"
openssl pkcs12 -export -inkey "$work/key.pem" -in "$work/cert.pem" -name contoh -passout pass:x -out "$work/key.p12"
pk12util -i "$work/key.p12" -d "sql:$work/nss" -W x
pdfsig -nssdir "sql:$work/nss" -add-signature -nick contoh -reason "Disetujui (contoh)" "$out/ghostscript.pdf" "$out/poppler-signed.pdf"
