import { pathology, type Pathology } from './kit.ts';

const many = (count: number, row: (index: number) => string): string => Array.from({ length: count }, (_, index) => row(index)).join('');

/** Rows that are too short or too long, or hold nothing. */
export const ragged: readonly Pathology[] = [
  pathology('a short row', 'a,b,c\n1,2,3\n4,5\n6,7,8\n', ['a¦b¦c', '1¦2¦3', '4¦5¦∅', '6¦7¦8'], { warning: /1 row has fewer values .*\(line 3\)/ }),
  pathology('several short rows', 'a,b,c\n1,2,3\n4\n5,6\n7,8,9\n', ['a¦b¦c', '1¦2¦3', '4¦∅¦∅', '5¦6¦∅', '7¦8¦9'], { warning: /2 rows .*lines 3, 4/ }),
  pathology('surplus empty fields', 'a,b\n1,2\n3,4,,,\n5,6\n', ['a¦b', '1¦2', '3¦4', '5¦6'], { warning: /1 row has empty values beyond/ }),
  pathology('surplus empty fields in quotes', 'a,b\n1,2\n3,4,"",""\n5,6\n', ['a¦b', '1¦2', '3¦4', '5¦6'], { warning: /beyond/ }),
  pathology('a surplus value', 'a,b\n1,x\n2,y,z\n3,w\n', ['a¦b', '1¦x', '3¦w'], {
    rejected: [3],
    report: { rejectedRowCount: 1 },
    warning: /1 row of 3 could not be read/,
  }),
  pathology('a comma that is not quoted', 'id,name\n1,Ann\n2,Smith, John\n3,Bob\n', ['id¦name', '1¦Ann', '3¦Bob'], { rejected: [3] }),
  pathology('a thousands comma that is not quoted', 'item,price\nx,100\ny,1,234\nz,300\n', ['item¦price', 'x¦100', 'z¦300'], { rejected: [3] }),
  pathology('a header that is too short', 'a,b\n1,2,3\n1,5,6\n1,8,9\n', ['a¦b¦column_3', '1¦2¦3', '1¦5¦6', '1¦8¦9'], { warning: /1 column was added/ }),
  pathology('a header that is two too short', 'a,b\n1,2,3,4\n5,6,7,8\n', ['a¦b¦column_3¦column_4', '1¦2¦3¦4', '5¦6¦7¦8'], { warning: /2 columns were added/ }),
  pathology('a header that is too long', 'a,b,c,d\n1,2,3\n4,5,6\n', ['a¦b¦c¦d', '1¦2¦3¦∅', '4¦5¦6¦∅'], { warning: /2 rows have fewer/ }),
  pathology('the row names of R', 'x,y\nr1,1,2\nr2,3,4\nr3,5,6\n', ['row¦x¦y', 'r1¦1¦2', 'r2¦3¦4', 'r3¦5¦6'], { warning: /called "row"/ }),
  pathology('the quoted row names of R', '"x" "y"\n"1" 5.1 "a"\n"2" 4.9 "b"\n"3" 4.7 "c"\n', ['row¦x¦y', '1¦5.1¦a', '2¦4.9¦b', '3¦4.7¦c'], {
    report: { delimiter: ' ' },
  }),
  pathology('the index of pandas', ',a,b\n0,x,1\n1,y,2\n2,z,3\n', ['column_1¦a¦b', '0¦x¦1', '1¦y¦2', '2¦z¦3']),
  pathology('blank lines', 'a,b\n1,2\n\n3,4\n\n\n5,6\n', ['a¦b', '1¦2', '3¦4', '5¦6'], { warning: /3 blank lines/ }),
  pathology('a blank line after each row', 'a,b\n\n1,x\n\n2,y\n\n3,z\n\n', ['a¦b', '1¦x', '2¦y', '3¦z']),
  pathology('a blank line below the header', 'a,b\n\n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4']),
  pathology('lines of spaces', 'a,b\n1,2\n   \n3,4\n', ['a¦b', '1¦2', '3¦4']),
  pathology('rows of delimiters', 'a,b,c\n1,2,3\n,,\n4,5,6\n', ['a¦b¦c', '1¦2¦3', '4¦5¦6'], { warning: /1 row holds nothing but delimiters/ }),
  pathology('rows of delimiters at the end', 'a,b,c\n1,2,3\n,,\n,,\n', ['a¦b¦c', '1¦2¦3'], { warning: /2 rows hold nothing but delimiters/ }),
  pathology('blank lines at the end', 'a,b\n1,2\n\n\n\n', ['a¦b', '1¦2'], { report: { footerLineCount: 0 } }),
  pathology('a blank line in one column', 'n\n1\n\n3\n', ['n', '1', '∅', '3'], { warning: /1 blank line was read as a missing value \(line 3\)/ }),
  pathology('one column', 'n\n1\n2\n', ['n', '1', '2'], { report: { delimiter: null } }),
  pathology('one column of texts with commas in some', 'name\nAnn\nBob, junior\nCid\nDan\n', ['name', 'Ann', 'Bob, junior', 'Cid', 'Dan']),
  pathology('one row', 'a,b\n1,2\n', ['a¦b', '1¦2']),
  pathology('one row without a line end', 'a,b\n1,2', ['a¦b', '1¦2']),
  pathology('a header alone', 'a,b,c\n', ['a¦b¦c'], { warning: /a header and no rows/ }),
  pathology('one value', '42\n', ['column_1', '42'], { report: { header: false } }),
  pathology('empty first fields', 'a,b,c\n,1,2\n,3,4\n', ['a¦b¦c', '∅¦1¦2', '∅¦3¦4']),
  pathology('an empty column', 'a,b,c\n1,,2\n3,,4\n', ['a¦b¦c', '1¦∅¦2', '3¦∅¦4']),
  pathology('an empty last column with a name', 'a,b,c\n1,2,\n3,4,\n', ['a¦b¦c', '1¦2¦∅', '3¦4¦∅']),
  pathology('a last column without a name', 'a,b,\n1,2,3\n4,5,6\n', ['a¦b¦column_3', '1¦2¦3', '4¦5¦6'], { warning: /Column 3 has no name/ }),
  pathology('rows without their empty ends', 'a,b,c,d\n1\n1,2\n1,2,3\n1,2,3,4\n', ['a¦b¦c¦d', '1¦∅¦∅¦∅', '1¦2¦∅¦∅', '1¦2¦3¦∅', '1¦2¦3¦4']),
];

/** Rows that break others where a reader is not careful. */
export const damage: readonly Pathology[] = [
  pathology('a quote that is never closed', 'a,b,c\n1,x,2\n3,"y,4\n5,z,6\n7,w,8\n', ['a¦b¦c', '1¦x¦2', '5¦z¦6', '7¦w¦8'], {
    rejected: [3],
    report: { rejectedRowCount: 1 },
  }),
  pathology('a quote that a later one seems to close', 'a,b,c\n1,"x",2\n3,"y,4\n5,"z",6\n7,"w",8\n', ['a¦b¦c', '1¦x¦2', '5¦z¦6', '7¦w¦8'], { rejected: [3] }),
  pathology('a quote that a distant one seems to close', 'a,b,c\n1,"y,2\n3,z,4\n5,w,6\n7,"v",8\n9,u,0\n', ['a¦b¦c', '3¦z¦4', '5¦w¦6', '7¦v¦8', '9¦u¦0'], {
    rejected: [2],
  }),
  pathology('a quote too many', 'a,b,c\n1,"x"",2\n3,"y",4\n5,"z",6\n', ['a¦b¦c', '3¦y¦4', '5¦z¦6'], { rejected: [2] }),
  pathology('an open quote in the last row', 'a,b\n1,x\n2,"y\n', ['a¦b', '1¦x'], { rejected: [3] }),
  pathology('an open quote at the end of a row', 'a,b\n1,x\n2,"\n3,y\n4,z\n', ['a¦b', '1¦x', '3¦y', '4¦z'], { rejected: [3] }),
  pathology('a file that is cut off', 'a,b,c\n1,2,3\n4,5,6\n7,8', ['a¦b¦c', '1¦2¦3', '4¦5¦6', '7¦8¦∅'], { warning: /fewer/ }),
  pathology('one row of another delimiter', 'a,b,c\n1,2,3\n4;5;6\n7,8,9\n10,11,12\n', ['a¦b¦c', '1¦2¦3', '4;5;6¦∅¦∅', '7¦8¦9', '10¦11¦12'], {
    warning: /fewer/,
  }),
  pathology('one very long row', `a,b\n1,x\n2${',y'.repeat(60)}\n3,z\n`, ['a¦b', '1¦x', '3¦z'], { rejected: [3] }),
  pathology('bad rows at the beginning', 'a,b,c\n1,2,3,4\n5,6,7\n8,9,10\n11,12,13\n', ['a¦b¦c', '5¦6¦7', '8¦9¦10', '11¦12¦13'], { rejected: [2] }),
  pathology('a header that is repeated', 'a,b\n1,x\n2,y\na,b\n3,z\n', ['a¦b', '1¦x', '2¦y', '3¦z'], { rejected: [4] }),
  pathology('a header that is repeated after a blank line', 'id,v\n1,5\n2,6\n\nid,v\n3,7\n4,8\n', ['id¦v', '1¦5', '2¦6', '3¦7', '4¦8'], { rejected: [5] }),
  pathology('NUL characters', 'a,b\n1,x\u0000y\n2,\u0000z\n3,w\n', ['a¦b', '1¦xy', '2¦z', '3¦w'], { warning: /NUL/ }),
  pathology('other control characters', 'a,b\n1,x\u0007y\n2,z\u001b\n3,w\n', ['a¦b', '1¦x\u0007y', '2¦z\u001b', '3¦w']),
  pathology('the end mark of DOS', 'a,b\r\n1,2\r\n3,4\r\n\u001a', ['a¦b', '1¦2', '3¦4']),
  pathology('a long text on one line', `a,b\n1,${'x'.repeat(100_000)}\n2,y\n`, ['a¦b', `1¦${'x'.repeat(100_000)}`, '2¦y']),
  pathology('a long text in quotes', `a,b\n1,"${'x, '.repeat(30_000)}"\n2,y\n`, ['a¦b', `1¦${'x, '.repeat(30_000)}`, '2¦y']),
  pathology(
    'five hundred columns',
    `${Array.from({ length: 500 }, (_, index) => `c${index}`).join(',')}\n${Array.from({ length: 500 }, (_, index) => index).join(',')}\n`,
    [Array.from({ length: 500 }, (_, index) => `c${index}`).join('¦'), Array.from({ length: 500 }, (_, index) => index).join('¦')],
  ),
  pathology(
    'many rows of which some are broken',
    `n,t\n${many(40, (index) => (index % 10 === 3 ? `${index},"open\n` : `${index},t${index}\n`))}`,
    [
      'n¦t',
      ...Array.from({ length: 40 }, (_, index) => index)
        .filter((index) => index % 10 !== 3)
        .map((index) => `${index}¦t${index}`),
    ],
    { rejected: [5, 15, 25, 35] },
  ),
];
