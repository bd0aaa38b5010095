import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A line of a PDF: its text and the size of its letters, 11 by default. */
export type PdfLine = string | { readonly text: string; readonly size: number };

const escaped = (text: string): string => text.replaceAll(/[\\()]/g, '\\$&');

/** A PDF with these lines on its pages, from the top; an empty line leaves room. */
export function pdf(pages: readonly (readonly PdfLine[])[], title = ''): Buffer {
  const objects: string[] = [
    '',
    '<< /Type /Catalog /Pages 2 0 R >>',
    '',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    `<< /Title (${escaped(title)}) >>`,
  ];
  const kids = pages.map((lines) => {
    let y = 800;
    const drawn = lines.map((line) => {
      const { text, size } = typeof line === 'string' ? { text: line, size: 11 } : line;
      y -= size * 1.3;
      return text === '' ? '' : `BT /F1 ${size} Tf 1 0 0 1 50 ${y.toFixed(1)} Tm (${escaped(text)}) Tj ET`;
    });
    const stream = drawn.join('\n');
    objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${objects.length - 1} 0 R >>`);
    return `${objects.length - 1} 0 R`;
  });
  objects[2] = `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages.length} >>`;
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, number) => {
    const offset = text.length;
    if (number > 0) text += `${number} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset, number) => (number === 0 ? '0000000000 65535 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`)).join('');
  text += `xref\n0 ${objects.length}\n${table}trailer\n<< /Size ${objects.length} /Root 1 0 R /Info 4 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const types =
  '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
const relations =
  '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>';

/** A DOCX of paragraphs; those that begin with `# ` are headings of that level. */
export async function docx(paragraphs: readonly string[], beside: Readonly<Record<string, Buffer>> = {}): Promise<Buffer> {
  const body = paragraphs.map((paragraph) => {
    const [, marks = '', text = ''] = /^(#*)\s*([\s\S]*)$/.exec(paragraph) ?? [];
    const style = marks === '' ? '' : `<w:pPr><w:pStyle w:val="Heading${marks.length}"/></w:pPr>`;
    return `<w:p>${style}<w:r><w:t xml:space="preserve">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</w:t></w:r></w:p>`;
  });
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(types), '[Content_Types].xml');
  zip.addBuffer(Buffer.from(relations), '_rels/.rels');
  const xml = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body.join('')}</w:body></w:document>`;
  zip.addBuffer(Buffer.from(xml), 'word/document.xml');
  for (const [path, content] of Object.entries(beside)) zip.addBuffer(content, path);
  zip.end();
  return buffer(zip.outputStream);
}
