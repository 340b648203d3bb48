from reportlab.pdfgen import canvas
import sys
c=canvas.Canvas(sys.argv[1],pagesize=(595.28,841.89)); c.setTitle("Formulir Contoh"); c.setAuthor("Dinas Contoh"); c.setFont("Helvetica",11)
c.drawString(72,780,"FORMULIR CONTOH (semua isian rekaan)"); f=c.acroForm
c.drawString(72,740,"Nama"); f.textfield(name="nama",x=150,y=730,width=200,height=20,value="Budi Contoh")
c.drawString(72,700,"Setuju"); f.checkbox(name="setuju",x=150,y=695,checked=True)
c.drawString(72,660,"Pilihan"); f.choice(name="pilihan",x=150,y=650,width=100,height=20,options=["A","B"],value="A")
c.showPage(); c.drawString(72,780,"Halaman dua ^"); c.save()
