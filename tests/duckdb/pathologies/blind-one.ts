import { pathology, type Pathology } from './kit.ts';

const cp1252 = (content: string): Buffer => Buffer.from(content, 'latin1');

/** Written by someone who did not look at the reader; what failed at first was mended in the reader. */
export const blindOne: readonly Pathology[] = [
  pathology('invoice lines with euro amounts', 'Nr.;Artikel;Preis\n1;Schraube M4;€ 1,20\n2;"Mutter; verzinkt";€ 0,35\n3;Scheibe;€ 0,10\n', [
    'Nr.¦Artikel¦Preis',
    '1¦Schraube M4¦€ 1,20',
    '2¦Mutter; verzinkt¦€ 0,35',
    '3¦Scheibe¦€ 0,10',
  ]),
  pathology('key figures with a header of sentences', 'What is your name?,How many siblings do you have?,Comments\nAnn,2,"none, really"\nBob,0,\n', [
    'What is your name?¦How many siblings do you have?¦Comments',
    'Ann¦2¦none, really',
    'Bob¦0¦∅',
  ]),
  pathology('GPS track', 'lat,lon,time\n52.5200,13.4050,2024-05-01T10:00:00Z\n52.5201,13.4052,2024-05-01T10:00:05Z\n', [
    'lat¦lon¦time',
    '52.5200¦13.4050¦2024-05-01T10:00:00Z',
    '52.5201¦13.4052¦2024-05-01T10:00:05Z',
  ]),
  pathology(
    'access log of spaces and quotes',
    '1.2.3.4 - ann "GET /a b HTTP/1.1" 200 512\n5.6.7.8 - - "POST /c HTTP/1.1" 404 17\n9.9.9.9 - bob "GET / HTTP/1.1" 200 99\n',
    [
      'column_1¦column_2¦column_3¦column_4¦column_5¦column_6',
      '1.2.3.4¦-¦ann¦GET /a b HTTP/1.1¦200¦512',
      '5.6.7.8¦-¦-¦POST /c HTTP/1.1¦404¦17',
      '9.9.9.9¦-¦bob¦GET / HTTP/1.1¦200¦99',
    ],
    { report: { header: false } },
  ),
  pathology(
    'two-line title and units in brackets',
    'Experiment 7\nRun on 2024-02-03\ntime,speed,force\n[s],[m/s],[N]\n0.0,1.2,3.4\n0.1,1.3,3.5\n0.2,1.4,3.6\n',
    ['time [s]¦speed [m/s]¦force [N]', '0.0¦1.2¦3.4', '0.1¦1.3¦3.5', '0.2¦1.4¦3.6'],
    { report: { preambleLineCount: 2 } },
  ),
  pathology(
    'stock quotes, newest first, footer from the vendor',
    'Date,Open,Close,Volume\n"Mar 04, 2024",176.15,175.10,81510100\n"Mar 01, 2024",179.55,179.66,73488000\n\nData provided by Example Inc. Delayed at least 15 minutes.\n',
    ['Date¦Open¦Close¦Volume', 'Mar 04, 2024¦176.15¦175.10¦81510100', 'Mar 01, 2024¦179.55¦179.66¦73488000'],
    { report: { footerLineCount: 2 } },
  ),
  pathology(
    'phone book with all text and no header',
    'Smith,John,London\nMiller,Anna,Berlin\nSmith,Paula,Paris\nMiller,John,London\n',
    ['column_1¦column_2¦column_3', 'Smith¦John¦London', 'Miller¦Anna¦Berlin', 'Smith¦Paula¦Paris', 'Miller¦John¦London'],
    { report: { header: false } },
  ),
  pathology('boolean matrix', 'feature,free,pro\nexport,no,yes\nshare,yes,yes\nadmin,no,no\n', [
    'feature¦free¦pro',
    'export¦no¦yes',
    'share¦yes¦yes',
    'admin¦no¦no',
  ]),
  pathology('quoted numbers with commas', '"Country","Population"\n"India","1,428,627,663"\n"China","1,425,671,352"\n', [
    'Country¦Population',
    'India¦1,428,627,663',
    'China¦1,425,671,352',
  ]),
  pathology('tabs where some cells are empty at the end', 'a\tb\tc\n1\t\t\n2\tx\t\n3\ty\tz\n', ['a¦b¦c', '1¦∅¦∅', '2¦x¦∅', '3¦y¦z']),
  pathology('mostly empty survey', 'id,q1,q2,q3\n1,,,\n2,,,\n3,yes,,\n', ['id¦q1¦q2¦q3', '1¦∅¦∅¦∅', '2¦∅¦∅¦∅', '3¦yes¦∅¦∅'], {
    report: { footerLineCount: 0 },
  }),
  pathology('one broken line in a file of pipes', 'id|name|city\n1|Ann|Rome\n2|Bob\n|Oslo\n3|Cid|Bern\n', [
    'id¦name¦city',
    '1¦Ann¦Rome',
    '2¦Bob¦∅',
    '∅¦Oslo¦∅',
    '3¦Cid¦Bern',
  ]),
  pathology(
    'semicolon file whose title has semicolons',
    'Bericht;;;\nErstellt am: 01.02.2024;;;\n;;;\nRegion;Jan;Feb;Mrz\nNord;1,0;2,0;3,0\nSüd;4,0;5,0;6,0\nSumme;5,0;7,0;9,0\n',
    ['Region¦Jan¦Feb¦Mrz', 'Nord¦1,0¦2,0¦3,0', 'Süd¦4,0¦5,0¦6,0'],
    { report: { preambleLineCount: 3, footerLineCount: 1 } },
  ),
  pathology('recipe with fractions and quotes for inches', 'item,size,amount\npan,9",1\nbowl,12",2\nspoon,,3\n', [
    'item¦size¦amount',
    'pan¦9"¦1',
    'bowl¦12"¦2',
    'spoon¦∅¦3',
  ]),
  pathology('backslash escaped quotes and commas in a dump', '"id","txt"\n"1","a \\"b\\", c"\n"2","d\\\\e"\n"3","plain"\n', [
    'id¦txt',
    '1¦a "b", c',
    '2¦d\\e',
    '3¦plain',
  ]),
  pathology('file of one long header and one row', 'first name,last name,e-mail,telephone\nAnn,Lee,ann@x.org,+49 30 123\n', [
    'first name¦last name¦e-mail¦telephone',
    'Ann¦Lee¦ann@x.org¦+49 30 123',
  ]),
  pathology('UTF-8 read once as Latin-1 stays as it is', 'name,n\nMÃ¼ller,1\nStraÃŸe,2\n', ['name¦n', 'MÃ¼ller¦1', 'StraÃŸe¦2'], {
    report: { encoding: 'utf-8' },
  }),
  pathology(
    'French accents of old Windows',
    cp1252('nom;prix;payé\nChâteau;12,50;oui\nForêt;7,00;non\n'),
    ['nom¦prix¦payé', 'Château¦12,50¦oui', 'Forêt¦7,00¦non'],
    { report: { encoding: 'windows-1252' } },
  ),
  pathology(
    'totals in the middle and at the end',
    'dept,person,hours\nA,Ann,5\nA,Bob,6\nTotal A,,11\nB,Cid,7\nTotal B,,7\nGrand total,,18\n',
    ['dept¦person¦hours', 'A¦Ann¦5', 'A¦Bob¦6', 'Total A¦∅¦11', 'B¦Cid¦7', 'Total B¦∅¦7'],
    { report: { footerLineCount: 1 } },
  ),
  pathology('a poem in one column', 'line\nRoses are red,\nViolets are blue,\nSugar is sweet\nAnd so are you\n', [
    'line',
    'Roses are red,',
    'Violets are blue,',
    'Sugar is sweet',
    'And so are you',
  ]),
  pathology('whitespace table as programs print it', 'PID USER %CPU\n1 root 0.0\n42 ann 1.5\n77 bob 2.5\n', [
    'PID¦USER¦%CPU',
    '1¦root¦0.0',
    '42¦ann¦1.5',
    '77¦bob¦2.5',
  ]),
  pathology('columns aligned by several spaces', 'name      age  city\nAnn        31  Rome\nBob        42  Oslo\nCid         5  Bern\n', [
    'name¦age¦city',
    'Ann¦31¦Rome',
    'Bob¦42¦Oslo',
    'Cid¦5¦Bern',
  ]),
  pathology('open quote with apostrophes around', "a,b,c\n1,it's,2\n3,\"she's,4\n5,they're,6\n", ['a¦b¦c', "1¦it's¦2", "5¦they're¦6"], { rejected: [3] }),
  pathology('hex and codes', 'code,color\n0x1F,#ff0000\n0x2A,#00ff00\n', ['code¦color', '0x1F¦#ff0000', '0x2A¦#00ff00']),
  pathology('numbers as names and text below', '1,2,3\na,b,c\nd,e,f\ng,h,i\n', ['1¦2¦3', 'a¦b¦c', 'd¦e¦f', 'g¦h¦i']),
  pathology('a table, a note, and more of the same table', 'id,v\n1,10\n2,20\nsee appendix\n3,30\n4,40\n', [
    'id¦v',
    '1¦10',
    '2¦20',
    'see appendix¦∅',
    '3¦30',
    '4¦40',
  ]),
  pathology('a header in capitals over words', 'NAME,TEAM\nann,red\nbob,blue\ncid,red\n', ['NAME¦TEAM', 'ann¦red', 'bob¦blue', 'cid¦red']),
  pathology('date columns as header of a matrix', 'region,2024-01-01,2024-02-01\nNorth,5,6\nSouth,7,8\n', [
    'region¦2024-01-01¦2024-02-01',
    'North¦5¦6',
    'South¦7¦8',
  ]),
  pathology('double quotes inside of single quotes', "id,'text'\n1,'say \"yes\", please'\n2,'no'\n", ['id¦text', '1¦say "yes", please', '2¦no']),
  pathology('a trailing line of dashes and a count', 'a;b\n1;x\n2;y\n-----\n2 records\n', ['a¦b', '1¦x', '2¦y']),
];
