# Made-up letter. python3 letter.py, with reportlab 3.6 or later; writes reportlab.pdf.
from reportlab.pdfgen import canvas

c = canvas.Canvas("reportlab.pdf", invariant=1)
c.setFont("Times-Roman", 11)
c.drawString(70, 780, "Surat contoh, 23 November 2026.")
c.setFont("Helvetica", 11)
c.drawString(300, 500, "Kepala Dinas Contoh,")
c.drawString(300, 486, "^")
c.setFont("Courier-Bold", 9)
c.drawString(300, 472, "${ttd_pengirim1}")
c.setFont("Times-Italic", 11)
c.drawString(300, 458, "#")
c.save()
