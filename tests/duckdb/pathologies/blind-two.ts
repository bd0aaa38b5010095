import { pathology, type Pathology } from './kit.ts';

const many = (count: number, row: (index: number) => string): string => Array.from({ length: count }, (_, index) => row(index)).join('');

/** A second set, written after the first one was mended. */
export const blindTwo: readonly Pathology[] = [
  pathology(
    'Pollock: a row with fewer delimiters in the middle',
    'DATE,TIME,Qty,Name\n01/02/2019,10:00,5,Cup\n01/03/2019,11:00 6,Plate\n01/04/2019,12:00,7,Fork\n',
    ['DATE¦TIME¦Qty¦Name', '01/02/2019¦10:00¦5¦Cup', '01/03/2019¦11:00 6¦Plate¦∅', '01/04/2019¦12:00¦7¦Fork'],
  ),
  pathology(
    'Pollock: a row with one delimiter more',
    'DATE,TIME,Qty,Name\n01/02/2019,10:00,5,Cup\n01/03/2019,,11:00,6,Plate\n01/04/2019,12:00,7,Fork\n',
    ['DATE¦TIME¦Qty¦Name', '01/02/2019¦10:00¦5¦Cup', '01/04/2019¦12:00¦7¦Fork'],
    { rejected: [3] },
  ),
  pathology('Pollock: a quote in the middle of a row', 'DATE,TIME,Qty,Name\n01/02/2019,10:00,5,Cup\n01/03/2019,11:00",6,Plate\n01/04/2019,12:00,7,Fork\n', [
    'DATE¦TIME¦Qty¦Name',
    '01/02/2019¦10:00¦5¦Cup',
    '01/03/2019¦11:00"¦6¦Plate',
    '01/04/2019¦12:00¦7¦Fork',
  ]),
  pathology('Pollock: several tables of the same width', 'a,b,c\n1,2,3\n4,5,6\n7,8,9\n\nx,y,z\n1,2,3\n4,5,6\n', ['a¦b¦c', '1¦2¦3', '4¦5¦6', '7¦8¦9'], {
    warning: /belong to table 2/,
  }),
  pathology('Pollock: a quote around the header alone', "'a','b'\n1,2\n3,4\n", ['a¦b', '1¦2', '3¦4']),
  pathology('Pollock: records of CR, quotes with LF', 'a,b\r"x\ny",1\rz,2\r', ['a¦b', 'x\ny¦1', 'z¦2']),
  pathology('Pollock: no payload but a header with spaces', 'first name, last name, age\n', ['first name¦last name¦age']),
  pathology(
    'Polish with semicolons and a preamble of one column',
    'Wyciąg z konta\nOkres: 2024\n\nData;Opis;Kwota\n2024-01-02;Zakupy;-12,50\n2024-01-03;Wypłata;3 000,00\n',
    ['Data¦Opis¦Kwota', '2024-01-02¦Zakupy¦-12,50', '2024-01-03¦Wypłata¦3 000,00'],
    { report: { preambleLineCount: 3 } },
  ),
  pathology(
    'a sensor that restarts and writes its header again',
    'ts;temp\n1;20,5\n2;20,6\nts;temp\n3;20,7\nts;temp\n4;20,8\n',
    ['ts¦temp', '1¦20,5', '2¦20,6', '3¦20,7', '4¦20,8'],
    { rejected: [4, 6] },
  ),
  pathology(
    'texts with many commas in quotes beside numbers',
    'n,quote,src\n1,"To be, or not to be, that is",Hamlet\n2,"Veni, vidi, vici",Caesar\n3,"I came, I saw",Caesar\n',
    ['n¦quote¦src', '1¦To be, or not to be, that is¦Hamlet', '2¦Veni, vidi, vici¦Caesar', '3¦I came, I saw¦Caesar'],
  ),
  pathology('semicolons although the name says tabs', 'a;b\n1;2\n3;4\n', ['a¦b', '1¦2', '3¦4'], { hint: '\t' }),
  pathology('times with colons in two columns', 'start,end\n10:00,11:30\n12:15,13:45\n', ['start¦end', '10:00¦11:30', '12:15¦13:45']),
  pathology('IPv6 addresses and ports', 'addr|port\nfe80::1|80\n2001:db8::2|443\n', ['addr¦port', 'fe80::1¦80', '2001:db8::2¦443']),
  pathology('a file of one column of numbers with decimal commas', 'x\n1,5\n2,5\n3,75\n', ['x', '1,5', '2,5', '3,75']),
  pathology('a file of one column of moments', 'moment\n2024-01-01 10:00:00\n2024-01-02 11:00:00\n2024-01-03 12:00:00\n', [
    'moment',
    '2024-01-01 10:00:00',
    '2024-01-02 11:00:00',
    '2024-01-03 12:00:00',
  ]),
  pathology('a file of one column of names and surnames', 'name\nAnn Lee\nBob Ray\nCid Poe\n', ['name', 'Ann Lee', 'Bob Ray', 'Cid Poe']),
  pathology('chemical formulas with quotes and primes', `name,formula\n"5'-AMP","C10H14N5O7P"\n"2,4-D","C8H6Cl2O3"\n`, [
    'name¦formula',
    "5'-AMP¦C10H14N5O7P",
    '2,4-D¦C8H6Cl2O3',
  ]),
  pathology(
    'an export that ends in the middle of a quoted text',
    'id,text\n1,"fine"\n2,"also fine"\n3,"this one was cut o',
    ['id¦text', '1¦fine', '2¦also fine'],
    { rejected: [4] },
  ),
  pathology('a totals row with a label in the second column', 'id,name,amount\n1,Ann,10\n2,Bob,20\n,Total,30\n', ['id¦name¦amount', '1¦Ann¦10', '2¦Bob¦20'], {
    report: { footerLineCount: 1 },
  }),
  pathology('a grand total among words', 'Product,Q1,Q2\nPens,1,2\nPaper,3,4\nGrand Total,4,6\n', ['Product¦Q1¦Q2', 'Pens¦1¦2', 'Paper¦3¦4'], {
    report: { footerLineCount: 1 },
  }),
  pathology(
    'log lines with levels and free text',
    many(6, (index) => `2024-01-01 10:00:0${index};INFO;step ${index}: done, ok\n`),
    ['column_1¦column_2¦column_3', ...Array.from({ length: 6 }, (_, index) => `2024-01-01 10:00:0${index}¦INFO¦step ${index}: done, ok`)],
    { report: { header: false } },
  ),
  pathology('long free texts without quotes in a file of tabs', 'id\ttext\n1\tHe said, "well; let us go", and left\n2\tNothing, really; nothing\n', [
    'id¦text',
    '1¦He said, "well; let us go", and left',
    '2¦Nothing, really; nothing',
  ]),
  pathology('tabs, and texts that begin with a quote', 'id\ttext\n1\t"Go" was what he said\n2\tplain\n3\t"Stop" she said\n', [
    'id¦text',
    '1¦"Go" was what he said',
    '2¦plain',
    '3¦"Stop" she said',
  ]),
  pathology('empty header cells over an index and a note column', ',x,y,\na,1,2,note one\nb,3,4,\nc,5,6,note two\n', [
    'column_1¦x¦y¦column_4',
    'a¦1¦2¦note one',
    'b¦3¦4¦∅',
    'c¦5¦6¦note two',
  ]),
  pathology(
    'a preamble of pairs with colons and a table of commas',
    'Device: X1\nSerial: 12345\nRate: 10 Hz\n\ntime,ch1,ch2\n0.0,1.1,2.2\n0.1,1.2,2.3\n0.2,1.3,2.4\n',
    ['time¦ch1¦ch2', '0.0¦1.1¦2.2', '0.1¦1.2¦2.3', '0.2¦1.3¦2.4'],
    { report: { preambleLineCount: 4, delimiter: ',' } },
  ),
  pathology('a spreadsheet with an empty first column', ',name,age\n,Ann,31\n,Bob,42\n', ['column_1¦name¦age', '∅¦Ann¦31', '∅¦Bob¦42']),
  pathology('two blank lines between header and rows, and a footnote', 'id,v\n\n\n1,5\n2,6\n\n* v in thousands\n', ['id¦v', '1¦5', '2¦6'], {
    report: { footerLineCount: 2 },
  }),
  pathology('numbers with spaces as thousands in a space-free dialect', 'land;bnp\nSverige;5 000 000\nNorge;4 500 000\n', [
    'land¦bnp',
    'Sverige¦5 000 000',
    'Norge¦4 500 000',
  ]),
  pathology(
    'five bad rows of fifty',
    `id,name\n${many(50, (index) => (index % 10 === 5 ? `${index},Last, First\n` : `${index},Name${index}\n`))}`,
    [
      'id¦name',
      ...Array.from({ length: 50 }, (_, index) => index)
        .filter((index) => index % 10 !== 5)
        .map((index) => `${index}¦Name${index}`),
    ],
    { rejected: [7, 17, 27, 37, 47] },
  ),
  pathology(
    'a byte order mark of UTF-16 and semicolons',
    Buffer.from('\ufeffName;Wert\r\nÄpfel;1,5\r\nBirnen;2,5\r\n', 'utf16le'),
    ['Name¦Wert', 'Äpfel¦1,5', 'Birnen¦2,5'],
    { report: { encoding: 'utf-16le' } },
  ),
];
