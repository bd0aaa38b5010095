import { pathology, type Pathology } from './kit.ts';

const text = 'name,amount\nGröße,1\nCafé “x” €,2\n';
const cells = ['name¦amount', 'Größe¦1', 'Café “x” €¦2'];
const utf16 = (content: string, isBig: boolean): Buffer => {
  const bytes = Buffer.from(content, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};
const windows = (content: string): Buffer => Buffer.from(content.replaceAll('“', '\u0093').replaceAll('”', '\u0094').replaceAll('€', '\u0080'), 'latin1');
const cyrillic = 'имя,город,число\nАнна,Москва,1\nБорис,Тверь,2\n';
const cyrillicCells = ['имя¦город¦число', 'Анна¦Москва¦1', 'Борис¦Тверь¦2'];

export const encodings: readonly Pathology[] = [
  pathology('UTF-8', text, cells, { report: { encoding: 'utf-8', hasByteOrderMark: false } }),
  pathology('UTF-8 with a mark', `\ufeff${text}`, cells, { report: { encoding: 'utf-8', hasByteOrderMark: true } }),
  pathology('UTF-8 with a mark before a quoted name', '\ufeff"name",amount\nx,1\n', ['name¦amount', 'x¦1'], { report: { hasByteOrderMark: true } }),
  pathology('UTF-16 LE with a mark', utf16(`\ufeff${text}`, false), cells, { report: { encoding: 'utf-16le', hasByteOrderMark: true } }),
  pathology('UTF-16 BE with a mark', utf16(`\ufeff${text}`, true), cells, { report: { encoding: 'utf-16be', hasByteOrderMark: true } }),
  pathology('UTF-16 LE without a mark', utf16(text, false), cells, { report: { encoding: 'utf-16le', hasByteOrderMark: false } }),
  pathology('UTF-16 BE without a mark', utf16(text, true), cells, { report: { encoding: 'utf-16be' } }),
  pathology('Cyrillic UTF-16 without a mark', utf16(cyrillic, false), cyrillicCells, { report: { encoding: 'utf-16le' } }),
  pathology('the Unicode text of Excel: UTF-16 and tabs', utf16('\ufeffa\tb\r\n1\tx, y\r\n', false), ['a¦b', '1¦x, y'], {
    report: { encoding: 'utf-16le', delimiter: '\t' },
  }),
  pathology('windows-1252', windows(text), cells, { report: { encoding: 'windows-1252' }, warning: /windows-1252/ }),
  pathology('windows-1252 in the header', windows('Größe;Menge\n1;2\n'), ['Größe¦Menge', '1¦2'], { report: { encoding: 'windows-1252' } }),
  pathology(
    'UTF-8 with one byte of windows-1252',
    Buffer.concat([Buffer.from('a,b\nGröße äöü,1\n'), Buffer.from('Caf\u00e9,2\n', 'latin1')]),
    ['a¦b', 'Größe äöü¦1', 'Café¦2'],
    {
      report: { encoding: 'utf-8' },
      warning: /1 byte of the file/,
    },
  ),
  pathology('letters of the world', 'a,b\n你好,\u{1F600}\nпривет,שלום\n', ['a¦b', '你好¦\u{1F600}', 'привет¦שלום']),
  pathology('names in other letters', cyrillic, cyrillicCells, { report: { header: true } }),
  pathology('an encoding that was said', Buffer.from('a,b\nGr\u00f6\u00dfe,1\n', 'latin1'), ['a¦b', 'Größe¦1'], {
    options: { encoding: 'windows-1252' },
    report: { encoding: 'windows-1252' },
  }),
  pathology('windows-1252 said of UTF-8', 'a,b\né,1\n', ['a¦b', 'Ã©¦1'], { options: { encoding: 'windows-1252' } }),
];

export const lineEnds: readonly Pathology[] = [
  pathology('CRLF', 'a,b\r\n1,x\r\n2,y\r\n', ['a¦b', '1¦x', '2¦y']),
  pathology('CR', 'a,b\r1,x\r2,y\r', ['a¦b', '1¦x', '2¦y']),
  pathology('CR without one at the end', 'a,b\r1,x\r2,y', ['a¦b', '1¦x', '2¦y']),
  pathology('LF and CRLF', 'a,b\n1,x\r\n2,y\n3,z\r\n', ['a¦b', '1¦x', '2¦y', '3¦z']),
  pathology('LF, CRLF and CR', 'a,b\n1,x\r\n2,y\r3,z\n', ['a¦b', '1¦x', '2¦y', '3¦z']),
  pathology('CRLF with LF in quotes', 'a,b\r\n1,"x\ny"\r\n2,z\r\n', ['a¦b', '1¦x\ny', '2¦z']),
  pathology('CRLF twice', 'a,b\r\n\r\n1,x\r\n\r\n2,y\r\n', ['a¦b', '1¦x', '2¦y']),
  pathology('a carriage return too many', 'a,b\r\r\n1,x\r\r\n2,y\r\r\n', ['a¦b', '1¦x', '2¦y']),
  pathology('no line end at all', 'a,b\n1,"x"', ['a¦b', '1¦x']),
  pathology('lines are counted as an editor counts them', 'a,b\n1,"x\ny"\n2,z,w\n3,v\n', ['a¦b', '1¦x\ny', '3¦v'], { rejected: [4] }),
];

export const headers: readonly Pathology[] = [
  pathology('texts under names', 'name,city\nAnn,Rome\nBob,Oslo\n', ['name¦city', 'Ann¦Rome', 'Bob¦Oslo'], { report: { header: true } }),
  pathology('numbers alone', '1,2\n3,4\n5,6\n', ['column_1¦column_2', '1¦2', '3¦4', '5¦6'], { report: { header: false }, warning: /no header/ }),
  pathology('rows of texts and numbers without names', 'Ann,31\nBob,42\nCid,53\n', ['column_1¦column_2', 'Ann¦31', 'Bob¦42', 'Cid¦53'], {
    report: { header: false },
  }),
  pathology('rows with dates without names', '2024-01-01,x,1\n2024-01-02,y,2\n', ['column_1¦column_2¦column_3', '2024-01-01¦x¦1', '2024-01-02¦y¦2'], {
    report: { header: false },
  }),
  pathology(
    'years as names',
    'country,2010,2011,2012\nItaly,1.5,2.5,3.5\nSpain,4.5,5.5,6.5\n',
    ['country¦2010¦2011¦2012', 'Italy¦1.5¦2.5¦3.5', 'Spain¦4.5¦5.5¦6.5'],
    { report: { header: true } },
  ),
  pathology('years as names of whole numbers', 'city,2020,2021\nRome,100,120\nOslo,90,95\n', ['city¦2020¦2021', 'Rome¦100¦120', 'Oslo¦90¦95'], {
    report: { header: true },
  }),
  pathology('names that stand twice', 'a,A,a\n1,2,3\n', ['a¦A_2¦a_3', '1¦2¦3'], { warning: /more than once/ }),
  pathology('names that are empty', 'a,,c\n1,2,3\n4,5,6\n', ['a¦column_2¦c', '1¦2¦3', '4¦5¦6']),
  pathology('names with line breaks', '"a\nb",c\n1,2\n3,4\n', ['a b¦c', '1¦2', '3¦4']),
  pathology('names with spaces around', ' a , b \n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4']),
  pathology(
    'groups above names',
    ',Sales,,Costs,\ncity,2019,2020,2019,2020\nRome,1,2,3,4\nOslo,5,6,7,8\n',
    ['city¦Sales 2019¦Sales 2020¦Costs 2019¦Costs 2020', 'Rome¦1¦2¦3¦4', 'Oslo¦5¦6¦7¦8'],
    {
      warning: /two lines/,
    },
  ),
  pathology(
    'groups above words',
    ',Men,,Women,\ncity,young,old,young,old\nRome,1,2,3,4\nOslo,5,6,7,8\n',
    ['city¦Men young¦Men old¦Women young¦Women old', 'Rome¦1¦2¦3¦4', 'Oslo¦5¦6¦7¦8'],
    {
      warning: /two lines/,
    },
  ),
  pathology('units below names', 'city,height,weight\n,m,kg\nRome,1.5,80\nOslo,1.6,90\n', ['city¦height m¦weight kg', 'Rome¦1.5¦80', 'Oslo¦1.6¦90'], {
    warning: /two lines/,
  }),
  pathology('names with marks', 'price ($),"rate, %",a/b\n1,2,3\n4,5,6\n', ['price ($)¦rate, %¦a/b', '1¦2¦3', '4¦5¦6']),
  pathology('a header that was said', 'Ann,Bob\nCid,Dan\n', ['Ann¦Bob', 'Cid¦Dan'], { options: { header: true }, report: { header: true } }),
  pathology('no header, as was said', 'name,city\nAnn,Rome\n', ['column_1¦column_2', 'name¦city', 'Ann¦Rome'], {
    options: { header: false },
    report: { header: false },
  }),
  pathology('names of truths', 'yes,no\n1,2\n3,4\n', ['yes¦no', '1¦2', '3¦4'], { report: { header: true } }),
];

export const comments: readonly Pathology[] = [
  pathology('at the top', '# made by us\n# in 2024\na,b\n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4'], { report: { comment: '#' } }),
  pathology('in the middle', 'a,b\n1,2\n# a note\n3,4\n', ['a¦b', '1¦2', '3¦4'], { report: { comment: '#' }, warning: /1 line that begins with #/ }),
  pathology('with commas in them', '# one, two, three, four\na,b\n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4'], { report: { comment: '#' } }),
  pathology('with slashes', '// made by us\na,b\n1,2\n// end\n', ['a¦b', '1¦2'], { report: { comment: '//' } }),
  pathology('with percent signs', '% a note\n% another\na,b\n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4'], { report: { comment: '%' } }),
  pathology('that name the columns', '# station 7\n# day temp wind\n1 15.5 3.2\n2 16.5 4.2\n', ['day¦temp¦wind', '1¦15.5¦3.2', '2¦16.5¦4.2'], {
    warning: /from the comment/,
  }),
  pathology('that name the columns of commas', '#id,name,x\n1,Ann,5\n2,Bob,6\n', ['id¦name¦x', '1¦Ann¦5', '2¦Bob¦6']),
  pathology('a column called #', '#,name\n1,Ann\n2,Bob\n', ['#¦name', '1¦Ann', '2¦Bob'], { report: { comment: null } }),
  pathology('values that begin so', 'tag,n\n#red,1\n#blue,2\n#green,3\n', ['tag¦n', '#red¦1', '#blue¦2', '#green¦3'], { report: { comment: null } }),
  pathology('said to be none', 'tag\n#x\n#y\n', ['tag', '#x', '#y'], { options: { comment: '' } }),
  pathology('as was said', 'a,b\n1,2\n;x,y\n3,4\n', ['a¦b', '1¦2', '3¦4'], { options: { comment: ';' }, report: { comment: ';' } }),
];
