// Writes pdfkit.pdf, jspdf.pdf and pdflib-form.pdf into the folder given.
const fs = require('fs');
const out = process.argv[2];

const PDFKit = require('pdfkit');
const kit = new PDFKit({ size: 'A4', info: { Title: 'Surat Contoh' } });
kit.pipe(fs.createWriteStream(out + '/pdfkit.pdf'));
kit.fontSize(11).text('PEMERINTAH KOTA CONTOH, nomor B/000.1/906/DADC/2026, rekaan. ^');
kit.end();

const { jsPDF } = require('jspdf');
const js = new jsPDF();
js.text('Surat contoh, rekaan. ^', 20, 20);
fs.writeFileSync(out + '/jspdf.pdf', Buffer.from(js.output('arraybuffer')));

(async () => {
  const { PDFDocument, StandardFonts } = require('pdf-lib');
  const doc = await PDFDocument.create();
  doc.setTitle('Formulir Contoh é');
  const page = doc.addPage([595, 842]);
  const font = await doc.embedFont(StandardFonts.Helvetica);
  page.drawText('Surat contoh, rekaan ^', { x: 50, y: 700, size: 12, font });
  const field = doc.getForm().createTextField('nama');
  field.setText('Budi Contoh');
  field.addToPage(page, { x: 50, y: 600, width: 200, height: 20 });
  fs.writeFileSync(out + '/pdflib-form.pdf', await doc.save());
})();
