import { pathology, type Pathology } from './kit.ts';

const mixed = 'a;b,c\n1;2,3\n4;5,6\n';

/** What a person says wins over what is found. */
export const overrides: readonly Pathology[] = [
  pathology('a delimiter', mixed, ['a;b¦c', '1;2¦3', '4;5¦6'], { options: { delimiter: ',' }, report: { delimiter: ',', confidence: 0.99 } }),
  pathology('another delimiter', mixed, ['a¦b,c', '1¦2,3', '4¦5,6'], { options: { delimiter: ';' }, report: { delimiter: ';' } }),
  pathology('a delimiter of letters', 'aXXb\n1XX2\n3XX4\n', ['a¦b', '1¦2', '3¦4'], { options: { delimiter: 'XX' }, report: { delimiter: 'XX' } }),
  pathology('a delimiter beyond ASCII', 'a§b\n1§2\n3§é\n', ['a¦b', '1¦2', '3¦é'], { options: { delimiter: '§' }, report: { delimiter: '§' } }),
  pathology('a delimiter that one column does not need', 'name\nAnn\nBob\n', ['name', 'Ann', 'Bob'], { options: { delimiter: ',' } }),
  pathology('no quotes', 'a,b\n"1",x\n"2",y\n', ['a¦b', '"1"¦x', '"2"¦y'], { options: { quote: '' }, report: { quote: null } }),
  pathology('another quote', "a,b\n'1,5',x\n'2,5',y\n", ['a¦b', '1,5¦x', '2,5¦y'], { options: { quote: "'" }, report: { quote: "'" } }),
  pathology('an unusual quote', 'a,b\n$1,5$,x\n$2,5$,y\n', ['a¦b', '1,5¦x', '2,5¦y'], { options: { quote: '$' }, report: { quote: '$' } }),
  pathology('an escape', 'a,b\n"x!"y",1\n"z",2\n', ['a¦b', 'x"y¦1', 'z¦2'], { options: { escape: '!' }, report: { escape: '!' } }),
  pathology('lines to skip', 'x,y\n1,2\na,b\n3,4\n5,6\n', ['a¦b', '3¦4', '5¦6'], {
    options: { skipLines: 2 },
    report: { preamble: ['x,y', '1,2'], preambleLineCount: 2 },
  }),
  pathology('lines to skip in which a quote is open', '"open\na,b\n1,"x"\n2,"y"\n', ['a¦b', '1¦x', '2¦y'], { options: { skipLines: 1 } }),
  pathology('no lines to skip', 'a,b\n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4'], { options: { skipLines: 0 } }),
  pathology('no header, and lines to skip', 'title\n1,2\n3,4\n', ['column_1¦column_2', '1¦2', '3¦4'], { options: { skipLines: 1, header: false } }),
  pathology('a header of numbers', '1,2\n3,4\n5,6\n', ['1¦2', '3¦4', '5¦6'], { options: { header: true } }),
  pathology('comments', 'a,b\n%1,2\n3,4\n%5,6\n7,8\n', ['a¦b', '3¦4', '7¦8'], { options: { comment: '%' }, report: { comment: '%' } }),
  pathology('several at once', "#x\na|b\n'1|5'|2\n'3|6'|4\n", ['a¦b', '1|5¦2', '3|6¦4'], {
    options: { delimiter: '|', quote: "'", comment: '#', header: true },
  }),
  pathology('an encoding', Buffer.from('a,b\n1,ä\n', 'utf16le'), ['a¦b', '1¦ä'], { options: { encoding: 'utf-16le' }, report: { encoding: 'utf-16le' } }),
  pathology('UTF-8 of a file with wrong bytes', Buffer.from('a,b\n1,\u00e4\n2,x\n', 'latin1'), ['a¦b', '1¦\ufffd', '2¦x'], {
    options: { encoding: 'utf-8' },
    warning: /not valid UTF-8/,
  }),
];
