const fs=require('fs'),P=require('pizzip'),D=require('docxtemplater');
const d=new D(new P(fs.readFileSync('letter.docx')),{delimiters:{start:'[[',end:']]'}});
d.render({jabatan:'Dinas Contoh'});fs.writeFileSync('merged.docx',d.getZip().generate({type:'nodebuffer'}));
