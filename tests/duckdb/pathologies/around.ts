import { pathology, type Pathology } from './kit.ts';

const sales = ['name¦amount', 'Ann¦10', 'Bob¦20', 'Cid¦30'];
const body = 'name,amount\nAnn,10\nBob,20\nCid,30\n';
const wide = ['day¦city¦sold¦left', '2024-01-01¦Rome¦5¦7', '2024-01-02¦Oslo¦6¦8', '2024-01-03¦Bern¦7¦9'];
const wideBody = `${wide.map((row) => row.replaceAll('¦', ',')).join('\n')}\n`;

/** Lines above and below a table. */
export const surroundings: readonly Pathology[] = [
  pathology('a title', `Sales report\n${body}`, sales, { report: { preamble: ['Sales report'], preambleLineCount: 1, header: true } }),
  pathology('a title and a blank line', `Sales report\n\n${body}`, sales, { report: { preamble: ['Sales report', ''], preambleLineCount: 2 } }),
  pathology('blank lines above the header', `\n\n${body}`, sales, { report: { preambleLineCount: 2 } }),
  pathology('a title with a comma', `Sales, 2024\n\n${wideBody}`, wide, { report: { preambleLineCount: 2 } }),
  pathology('notes of several lines', `Report of the year\nMade by Ann, Bob and Cid, for all\nConfidential\n\n${wideBody}`, wide, {
    report: { preambleLineCount: 4 },
  }),
  pathology('pairs above the table', `Account,12345\nName,John Smith\nFrom,2024-01-01\n\n${wideBody}`, wide, { report: { preambleLineCount: 4, tables: [] } }),
  pathology('pairs above the table without a blank line', `Account,12345\nName,John Smith\n${wideBody}`, wide, { report: { preambleLineCount: 2 } }),
  pathology('a title that Excel padded', `Sales report,,,\n,,,\n${wideBody}`, wide, { report: { preambleLineCount: 2 } }),
  pathology('two titles that Excel padded', `Sales report,,,\nBerlin,,,\n${wideBody}`, wide, { report: { preambleLineCount: 2 } }),
  pathology('a title in quotes', `"Sales report, all cities"\n${wideBody}`, wide, { report: { preambleLineCount: 1 } }),
  pathology('a long preamble', `${'One line\nThen a longer line of words\nAnd yet another one\n'.repeat(4)}${wideBody}`, wide, {
    report: { preambleLineCount: 12 },
  }),
  pathology('a source below', `${body}\nSource: Statistics Office\n`, sales, { report: { footer: ['', 'Source: Statistics Office'], footerLineCount: 2 } }),
  pathology('a source below without a blank line', `${wideBody}Source: Statistics Office\n`, wide, { report: { footer: ['Source: Statistics Office'] } }),
  pathology('a source that Excel padded', `${wideBody}Source: Statistics Office,,,\n`, wide, { report: { footerLineCount: 1 } }),
  pathology('a total', `${wideBody}Total,,18,24\n`, wide, { report: { footer: ['Total,,18,24'] } }),
  pathology('a total in two columns', `${body}Total,60\n`, sales, { report: { footer: ['Total,60'] }, warning: /see the footer/ }),
  pathology('a German total', 'Ort;Menge;Wert\nBonn;5;1,5\nUlm;6;2,5\nSumme;11;4,0\n', ['Ort¦Menge¦Wert', 'Bonn¦5¦1,5', 'Ulm¦6¦2,5'], {
    report: { footerLineCount: 1 },
  }),
  pathology('a total and a note', `${wideBody}\nTotal,,18,24\n* preliminary figures\n`, wide, { report: { footerLineCount: 3 } }),
  pathology('totals that are a category', 'group,n\nTotal,3\nMen,1\nWomen,2\nTotal,5\n', ['group¦n', 'Total¦3', 'Men¦1', 'Women¦2', 'Total¦5'], {
    report: { footerLineCount: 0 },
  }),
  pathology('a number of rows below', `${wideBody}(3 rows)\n`, wide, { report: { footer: ['(3 rows)'] } }),
  pathology('notes of several lines below', `${wideBody}\nNote: all figures are rounded, see below\nSee also the yearbook, page 12\n`, wide, {
    report: { footerLineCount: 3 },
  }),
  pathology('above and below', `Sales\n\n${wideBody}\nSource: us\n`, wide, { report: { preambleLineCount: 2, footerLineCount: 2 } }),
  pathology('a last row with a name alone', 'name,x,y\nAnn,1,2\nBob,3,4\nCid\n', ['name¦x¦y', 'Ann¦1¦2', 'Bob¦3¦4', 'Cid¦∅¦∅'], {
    report: { footerLineCount: 0 },
  }),
  pathology('a rule below the header', 'a,b\n----------\n1,2\n3,4\n', ['a¦b', '1¦2', '3¦4'], { warning: /rule/ }),
];

const prices = ['item¦price', 'x¦1.5', 'y¦2.5'];
const both = `${wideBody}\nitem,price\nx,1.5\ny,2.5\n`;

/** Files with several tables. */
export const severalTables: readonly Pathology[] = [
  pathology('the larger one first', both, wide, {
    report: {
      tables: [
        { name: null, firstLine: 1, lastLine: 4, rowCount: 3, columnCount: 4, isRead: true },
        { name: null, firstLine: 6, lastLine: 8, rowCount: 2, columnCount: 2, isRead: false },
      ],
      footerLineCount: 4,
    },
    warning: /The lines 6 to 8 belong to table 2 of the file; read it with table: 2/,
  }),
  pathology('the second one, asked for', both, prices, {
    options: { table: 2 },
    report: { preambleLineCount: 5, footerLineCount: 0 },
    warning: /lines 1 to 4 belong to table 1/,
  }),
  pathology('the larger one second', `item,price\nx,1.5\ny,2.5\n\n${wideBody}`, wide, { report: { preambleLineCount: 4 }, warning: /belong to table 1/ }),
  pathology('with titles', `Prices\nitem,price\nx,1.5\ny,2.5\n\nSales\n${wideBody}`, wide, { warning: /lines 2 to 4 belong to table 1/ }),
  pathology('with titles, the first asked for', `Prices\nitem,price\nx,1.5\ny,2.5\n\nSales\n${wideBody}`, prices, { options: { table: 1 } }),
  pathology('without a blank line', `${wideBody}item,price\nx,1.5\ny,2.5\n`, wide, { warning: /lines 5 to 7 belong to table 2/ }),
  pathology('without a blank line, the second asked for', `${wideBody}item,price\nx,1.5\ny,2.5\n`, prices, { options: { table: 2 } }),
  pathology('of the same width', 'city,pop\nRome,3\nOslo,1\nBern,2\n\nriver,length\nRhine,9\nPo,8\n', ['city¦pop', 'Rome¦3', 'Oslo¦1', 'Bern¦2'], {
    warning: /belong to table 2/,
  }),
  pathology('side by side with rows of delimiters', `${wideBody},,,\nitem,price,,\nx,1.5,,\ny,2.5,,\n`, wide, { warning: /belong to table 2/ }),
  pathology('three of them', `a,b\n1,2\n3,4\n\n${wideBody}\nc,d,e\n1,2,3\n`, wide, { warning: /belong to table 3/ }),
  pathology('a gap is no second table', 'a,b\n1,x\n2,y\n\n3,z\n4,w\n', ['a¦b', '1¦x', '2¦y', '3¦z', '4¦w'], { report: { tables: [] } }),
];
