import { pathology, type Pathology } from './kit.ts';

const people = ['name¦age¦city', 'Ann¦31¦Rome', 'Bob¦42¦Oslo', 'Cid¦53¦Bern'];
const withMark = (mark: string): string => `${people.map((row) => row.replaceAll('¦', mark)).join('\n')}\n`;

/** How fields are told apart. */
export const delimiters: readonly Pathology[] = [
  pathology('a comma', withMark(','), people, { report: { delimiter: ',', quote: null, header: true, rejectedRowCount: 0 } }),
  pathology('a semicolon', withMark(';'), people, { report: { delimiter: ';' } }),
  pathology('a tab', withMark('\t'), people, { report: { delimiter: '\t' } }),
  pathology('a bar', withMark('|'), people, { report: { delimiter: '|' } }),
  pathology('a colon', withMark(':'), people, { report: { delimiter: ':' } }),
  pathology('a space', withMark(' '), people, { report: { delimiter: ' ' } }),
  pathology('a caret', withMark('^'), people, { report: { delimiter: '^' } }),
  pathology('a tilde', withMark('~'), people, { report: { delimiter: '~' } }),
  pathology('a unit separator', withMark('\u001f'), people, { report: { delimiter: '\u001f' } }),
  pathology('the control character of Hive', withMark('\u0001'), people, { report: { delimiter: '\u0001' } }),
  pathology('two bars', withMark('||'), people, { report: { delimiter: '||' } }),
  pathology('two colons', withMark('::'), people, { report: { delimiter: '::' } }),
  pathology('a bar between tildes', withMark('|~|'), people, { report: { delimiter: '|~|' } }),
  pathology('a broken bar', withMark('\u00a6').replaceAll('¦', '\u00a6'), people, { report: { delimiter: '\u00a6' } }),
  pathology('a comma and a space', withMark(', '), people, { report: { delimiter: ',' } }),
  pathology('a bar between spaces', withMark(' | '), people, { report: { delimiter: '|' } }),
  pathology('semicolons and decimal commas', 'x;y;z\n1,5;2,5;3,5\n4,5;5,5;6,5\n', ['x¦y¦z', '1,5¦2,5¦3,5', '4,5¦5,5¦6,5'], { report: { delimiter: ';' } }),
  pathology('semicolons and numbers with thousands', 'n;v\na;1.234,50\nb;2.345,60\n', ['n¦v', 'a¦1.234,50', 'b¦2.345,60'], { report: { delimiter: ';' } }),
  pathology('tabs and commas in texts', 'a\tb\nx, y\t1\nz, w\t2\n', ['a¦b', 'x, y¦1', 'z, w¦2'], { report: { delimiter: '\t' } }),
  pathology('commas and moments', 't,v\n2024-01-01 10:00:00,1\n2024-01-02 11:30:00,2\n', ['t¦v', '2024-01-01 10:00:00¦1', '2024-01-02 11:30:00¦2'], {
    report: { delimiter: ',' },
  }),
  pathology('semicolons inside of quotes', 'a,b\n"x;y;z",1\n"u;v;w",2\n', ['a¦b', 'x;y;z¦1', 'u;v;w¦2'], { report: { delimiter: ',' } }),
  pathology('commas, and bars in every value', 'tags,n\na|b|c,1\nd|e|f,2\ng|h|i,3\n', ['tags¦n', 'a|b|c¦1', 'd|e|f¦2', 'g|h|i¦3'], {
    report: { delimiter: ',' },
  }),
  pathology('a name that promises tabs', 'a,b\tc\n1,2\t3\n4,5\t6\n', ['a,b¦c', '1,2¦3', '4,5¦6'], { hint: '\t', report: { delimiter: '\t' } }),
  pathology('a name that promises tabs, and commas', 'a,b,c\n1,2,3\n4,5,6\n', ['a¦b¦c', '1¦2¦3', '4¦5¦6'], { hint: '\t', report: { delimiter: ',' } }),
  pathology('the line of Excel that names it', 'sep=;\na;b\n1;x,y\n2;z,w\n', ['a¦b', '1¦x,y', '2¦z,w'], { report: { delimiter: ';', preamble: ['sep=;'] } }),
  pathology('the line of Excel that names a rare one', 'sep=!\na!b\n1!x,y\n', ['a¦b', '1¦x,y'], { report: { delimiter: '!' } }),
  pathology('a delimiter at the end of each row', 'a,b,c,\n1,2,3,\n4,5,6,\n', ['a¦b¦c', '1¦2¦3', '4¦5¦6'], { report: { rejectedRowCount: 0 } }),
  pathology('a delimiter at the end of each row but the header', 'a,b,c\n1,2,3,\n4,5,6,\n', ['a¦b¦c', '1¦2¦3', '4¦5¦6']),
  pathology('a table of bars with borders', '| a | b |\n|---|---|\n| 1 | x |\n| 2 | y |\n', ['a¦b', '1¦x', '2¦y'], { report: { delimiter: '|' } }),
  pathology('what psql prints', ' id | name \n----+------\n  1 | Ann\n  2 | Bob\n(2 rows)\n', ['id¦name', '1¦Ann', '2¦Bob'], {
    report: { delimiter: '|', footer: ['(2 rows)'] },
  }),
  pathology('prices with commas in a file of tabs', 'item\tprice\nx\t1,000\ny\t2,000\n', ['item¦price', 'x¦1,000', 'y¦2,000'], { report: { delimiter: '\t' } }),
  pathology(
    'addresses of the web',
    'url,hits\nhttp://a.com/x?y=1;z=2,5\nhttp://b.com/?q=3;r=4,6\n',
    ['url¦hits', 'http://a.com/x?y=1;z=2¦5', 'http://b.com/?q=3;r=4¦6'],
    {
      report: { delimiter: ',' },
    },
  ),
];

/** What stands around fields, and before marks inside of them. */
export const quotes: readonly Pathology[] = [
  pathology('quotes around everything', '"a","b"\n"1","x"\n"2","y"\n', ['a¦b', '1¦x', '2¦y'], { report: { quote: '"', escape: '"' } }),
  pathology('quotes where they are needed', 'a,b\n1,"x,y"\n2,z\n', ['a¦b', '1¦x,y', '2¦z'], { report: { quote: '"' } }),
  pathology('doubled quotes', 'a,b\n1,"say ""hi"""\n2,"""all"""\n', ['a¦b', '1¦say "hi"', '2¦"all"']),
  pathology('single quotes', "a,b\n1,'x,y'\n2,'z,w'\n", ['a¦b', '1¦x,y', '2¦z,w'], { report: { quote: "'" } }),
  pathology('doubled single quotes', "a,b\n1,'it''s, ok'\n2,'z,w'\n", ['a¦b', "1¦it's, ok", '2¦z,w'], { report: { quote: "'", escape: "'" } }),
  pathology('apostrophes are no quotes', "a,b\n1,it's\n2,that's\n3,'tis\n", ['a¦b', "1¦it's", "2¦that's", "3¦'tis"], { report: { quote: null } }),
  pathology('backslashes before quotes', 'a,b\n1,"say \\"hi\\", he said"\n2,"x"\n', ['a¦b', '1¦say "hi", he said', '2¦x'], { report: { escape: '\\' } }),
  pathology('backslashes before backslashes', 'a,b\n1,"C:\\\\x\\\\"\n2,"say \\"y\\""\n', ['a¦b', '1¦C:\\x\\', '2¦say "y"'], { report: { escape: '\\' } }),
  pathology('backslashes before delimiters without quotes', 'a,b\n1,x\\, y\n2,z\\, w\n3,v\n', ['a¦b', '1¦x, y', '2¦z, w', '3¦v'], { report: { escape: '\\' } }),
  pathology('paths of Windows', 'a,b\n1,C:\\temp\\new\n2,D:\\x\n', ['a¦b', '1¦C:\\temp\\new', '2¦D:\\x'], { report: { escape: null } }),
  pathology('line breaks in quotes', 'a,b\n1,"two\nlines"\n2,"three\n\nlines"\n3,x\n', ['a¦b', '1¦two\nlines', '2¦three\n\nlines', '3¦x']),
  pathology('CRLF in quotes', 'a,b\r\n1,"two\r\nlines"\r\n2,y\r\n', ['a¦b', '1¦two\r\nlines', '2¦y']),
  pathology('a line of commas in quotes', 'a,b,c\n1,"x\nGet it, now, please\ny",2\n3,z,4\n', ['a¦b¦c', '1¦x\nGet it, now, please\ny¦2', '3¦z¦4']),
  pathology('an empty value in quotes', 'a,b\n1,""\n"",y\n', ['a¦b', '1¦∅', '∅¦y']),
  pathology('a quote alone', 'a,b\n1,""""\n2,x\n', ['a¦b', '1¦"', '2¦x']),
  pathology('spaces before opening quotes', 'a, b, c\n1, "x, y", 2\n3, "z", 4\n', ['a¦b¦c', '1¦x, y¦2', '3¦z¦4']),
  pathology('spaces after closing quotes', 'a,b\n"1" ,"x, y" \n"2" ,"z"\n', ['a¦b', '1¦x, y', '2¦z']),
  pathology('spaces inside of quotes', 'a,b\n1," x "\n2," y"\n', ['a¦b', '1¦ x ', '2¦ y']),
  pathology('inches', 'size,n\n5" pipe,1\n7" pipe,2\n', ['size¦n', '5" pipe¦1', '7" pipe¦2'], { report: { quote: null } }),
  pathology('quotes that are not doubled', 'a,b\n1,"he said "hi" to me"\n2,"x"\n', ['a¦b', '1¦he said "hi" to me', '2¦x'], { warning: /line 2/ }),
  pathology('text after a closing quote', 'a,b\n1,"x"y\n2,"z"\n3,"w"\n', ['a¦b', '1¦xy', '2¦z', '3¦w'], { warning: /line 2/ }),
  pathology('mixed quoting', 'a,b,c\n"1",x,"2"\n3,"y",4\n', ['a¦b¦c', '1¦x¦2', '3¦y¦4']),
  pathology('smart quotes', 'a,b\n1,“x”\n2,„y“\n', ['a¦b', '1¦“x”', '2¦„y“'], { report: { quote: null } }),
  pathology('a quoted header alone', '"a, b",c\n1,2\n3,4\n', ['a, b¦c', '1¦2', '3¦4'], { report: { quote: '"' } }),
  pathology('rows that stand in quotes as a whole', '"a,b,c"\n"1,""x, y"",2"\n"3,z,4"\n', ['a¦b¦c', '1¦x, y¦2', '3¦z¦4'], { warning: /stood in quotes/ }),
  pathology('all rows but the header in quotes', 'a,b,c\n"1,x,2"\n"3,""z"",4"\n', ['a¦b¦c', '1¦x¦2', '3¦z¦4'], { warning: /2 rows/ }),
  pathology('one row in quotes as a whole', 'a,b\n1,x\n"2,y"\n3,z\n', ['a¦b', '1¦x', '2¦y', '3¦z'], { warning: /line 3/ }),
  pathology('a column of quoted names with commas', 'name\n"Doe, Ann"\n"Poe, Bob"\n', ['name', 'Doe, Ann', 'Poe, Bob'], { report: { quote: '"' } }),
  pathology('semicolons with quoted decimals', '"a";"b"\n"1,5";"x"\n"2,5";"y"\n', ['a¦b', '1,5¦x', '2,5¦y'], { report: { delimiter: ';' } }),
  pathology('quotes and tabs', '"a"\t"b"\n"1\t2"\t"x"\n"3"\t"y"\n', ['a¦b', '1\t2¦x', '3¦y'], { report: { delimiter: '\t' } }),
];
