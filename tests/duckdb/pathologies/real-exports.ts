import { pathology, type Pathology } from './kit.ts';

const windows = (content: string): Buffer => Buffer.from(content, 'latin1');

/** Files as programs write them. */
export const realExports: readonly Pathology[] = [
  pathology(
    'German Excel',
    windows('Kunde;Umsatz;Datum\r\nMüller GmbH;1.234,50;01.02.2024\r\n"Meier; Söhne";99,00;15.02.2024\r\n'),
    ['Kunde¦Umsatz¦Datum', 'Müller GmbH¦1.234,50¦01.02.2024', 'Meier; Söhne¦99,00¦15.02.2024'],
    {
      report: { delimiter: ';', encoding: 'windows-1252', header: true },
    },
  ),
  pathology('Excel with empty columns and rows', 'a,b,,\r\n1,2,,\r\n3,4,,\r\n,,,\r\n,,,\r\n', ['a¦b', '1¦2', '3¦4']),
  pathology('pandas with an index', ',name,score\r\n0,Ann,1.5\r\n1,Bob,\r\n2,Cid,3.5\r\n', ['column_1¦name¦score', '0¦Ann¦1.5', '1¦Bob¦∅', '2¦Cid¦3.5']),
  pathology(
    'pandas with two header lines',
    ',price,price\n,min,max\n0,1.5,2.5\n1,3.5,4.5\n2,5.5,6.5\n',
    ['column_1¦price min¦price max', '0¦1.5¦2.5', '1¦3.5¦4.5', '2¦5.5¦6.5'],
    { warning: /two lines/ },
  ),
  pathology('R with quotes', '"","mpg","cyl"\n"Mazda RX4",21,6\n"Datsun 710",22.8,4\n', ['column_1¦mpg¦cyl', 'Mazda RX4¦21¦6', 'Datsun 710¦22.8¦4']),
  pathology(
    'SAP',
    'Liste der Belege\n\n|Beleg   |Betrag  |Konto |\n|--------|--------|------|\n|100001  |  10,50 |4711  |\n|100002  |  20,00 |4712  |\n',
    ['Beleg¦Betrag¦Konto', '100001¦10,50¦4711', '100002¦20,00¦4712'],
    { report: { delimiter: '|', preambleLineCount: 2 } },
  ),
  pathology(
    'a bank of Germany',
    windows(
      '"Kontonummer:";"DE12 3456";\r\n\r\n"Von:";"01.01.2024";\r\n"Kontostand vom 31.01.2024:";"1.234,56 EUR";\r\n\r\n"Buchungstag";"Empfänger";"Betrag (EUR)";\r\n"02.01.2024";"Bäckerei";"-3,50";\r\n"03.01.2024";"Arbeitgeber";"2.000,00";\r\n"04.01.2024";"Miete";"-800,00";\r\n',
    ),
    ['Buchungstag¦Empfänger¦Betrag (EUR)', '02.01.2024¦Bäckerei¦-3,50', '03.01.2024¦Arbeitgeber¦2.000,00', '04.01.2024¦Miete¦-800,00'],
    {
      report: { preambleLineCount: 5, delimiter: ';' },
    },
  ),
  pathology(
    'a bank of America',
    'Account Name,Checking\nAccount Number,xxx1234\nDate Range,01/01/2024 - 01/31/2024\n\nDate,Description,Debit,Credit,Balance\n01/02/2024,"COFFEE, INC",3.50,,96.50\n01/03/2024,PAYROLL,,2000.00,2096.50\n',
    ['Date¦Description¦Debit¦Credit¦Balance', '01/02/2024¦COFFEE, INC¦3.50¦∅¦96.50', '01/03/2024¦PAYROLL¦∅¦2000.00¦2096.50'],
    { report: { preambleLineCount: 4 } },
  ),
  pathology(
    'Google Ads',
    'Campaign report\n"January 1, 2024 - January 31, 2024"\nCampaign,Clicks,Cost\nBrand,"1,234",56.70\nGeneric,987,65.40\nTotal: Campaigns,"2,221",122.10\nTotal: Account,"2,221",122.10\n',
    ['Campaign¦Clicks¦Cost', 'Brand¦1,234¦56.70', 'Generic¦987¦65.40'],
    { report: { preambleLineCount: 2, footerLineCount: 2 } },
  ),
  pathology(
    'Google Analytics',
    '# ----------------------------------------\n# All Web Site Data\n# 20240101-20240131\n# ----------------------------------------\n\nPage,Views,Users\n/home,100,80\n/about,50,40\n,150,120\n',
    ['Page¦Views¦Users', '/home¦100¦80', '/about¦50¦40', '∅¦150¦120'],
    { report: { comment: '#' } },
  ),
  pathology(
    'a weather station',
    '# Station: 10384\n# Lat: 52.5, Lon: 13.4\n# Units: C, mm\ndate,tmax,tmin,rain\n20240101,5.1,-0.3,0.0\n20240102,6.2,1.1,2.4\n',
    ['date¦tmax¦tmin¦rain', '20240101¦5.1¦-0.3¦0.0', '20240102¦6.2¦1.1¦2.4'],
    { report: { comment: '#' } },
  ),
  pathology(
    'the German weather service',
    'STATIONS_ID;MESS_DATUM;QN_3;  FX;eor\n        433;20240101;   10;  12.3;eor\n        433;20240102;   10;-999;eor\n',
    ['STATIONS_ID¦MESS_DATUM¦QN_3¦FX¦eor', '433¦20240101¦   10¦  12.3¦eor', '433¦20240102¦   10¦-999¦eor'].map((row, index) =>
      index === 0 ? row : `        ${row}`,
    ),
  ),
  pathology(
    'the log of a server',
    '2024-01-01T10:00:00Z|INFO|started|\n2024-01-01T10:00:01Z|WARN|slow, very slow|\n2024-01-01T10:00:02Z|INFO|done; bye|\n',
    ['column_1¦column_2¦column_3', '2024-01-01T10:00:00Z¦INFO¦started', '2024-01-01T10:00:01Z¦WARN¦slow, very slow', '2024-01-01T10:00:02Z¦INFO¦done; bye'],
    { report: { header: false, delimiter: '|' } },
  ),
  pathology(
    'the users of Unix',
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\n',
    [
      'column_1¦column_2¦column_3¦column_4¦column_5¦column_6¦column_7',
      'root¦x¦0¦0¦root¦/root¦/bin/bash',
      'daemon¦x¦1¦1¦daemon¦/usr/sbin¦/usr/sbin/nologin',
      'bin¦x¦2¦2¦bin¦/bin¦/usr/sbin/nologin',
    ],
    { report: { header: false, delimiter: ':' } },
  ),
  pathology(
    'a dump of MySQL',
    '1\tAnn\\tLee\t\\N\n2\tBob\t2024-01-01\n3\tCid\t2024-01-02\n',
    ['column_1¦column_2¦column_3', '1¦Ann\\tLee¦\\N', '2¦Bob¦2024-01-01', '3¦Cid¦2024-01-02'],
    { report: { header: false } },
  ),
  pathology(
    'the World Bank',
    '\ufeff"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-05-30",\n\n"Country Name","Country Code","2019","2020",\n"Aruba","ABW","106442","106585",\n"Angola","AGO","32353588","33428486",\n"Albania","ALB","2854191","2837849",\n',
    ['Country Name¦Country Code¦2019¦2020', 'Aruba¦ABW¦106442¦106585', 'Angola¦AGO¦32353588¦33428486', 'Albania¦ALB¦2854191¦2837849'],
    { report: { preambleLineCount: 4, hasByteOrderMark: true } },
  ),
  pathology(
    'Eurostat',
    'unit,geo\\time\t2019 \t2020 \nPC,DE\t1.5 p\t2.5 \nPC,FR\t3.5 \t: \n',
    ['unit,geo\\time¦2019¦2020', 'PC,DE¦1.5 p¦2.5 ', 'PC,FR¦3.5 ¦: '],
    { report: { delimiter: '\t' } },
  ),
  pathology('a survey with line breaks in its questions', 'id,"How old\nare you?","Why?"\n1,31,"Because, well"\n2,42,"I said ""no""\nand left"\n', [
    'id¦How old are you?¦Why?',
    '1¦31¦Because, well',
    '2¦42¦I said "no"\nand left',
  ]),
  pathology('a list of e-mails and names', 'email;name\nann@x.org;Ann\nbob@y.org;Bob\n', ['email¦name', 'ann@x.org¦Ann', 'bob@y.org¦Bob'], {
    report: { header: true },
  }),
  pathology('JSON inside of cells', 'id,data\n1,"{""a"": 1, ""b"": [1, 2]}"\n2,"{""a"": 2}"\n', ['id¦data', '1¦{"a": 1, "b": [1, 2]}', '2¦{"a": 2}']),
  pathology('a shop with HTML in its texts', 'sku,html\nA1,"<p class=""x"">One, two</p>\n<p>three</p>"\nA2,<b>x</b>\n', [
    'sku¦html',
    'A1¦<p class="x">One, two</p>\n<p>three</p>',
    'A2¦<b>x</b>',
  ]),
  pathology(
    'an instrument',
    'Instrument;XQ-7\nOperator;Ann\nDate;2024-01-01\n\nTime [s];Force [N];Path [mm]\n0,0;0,00;0,0\n0,1;1,25;0,3\n0,2;2,50;0,6\n',
    ['Time [s]¦Force [N]¦Path [mm]', '0,0¦0,00¦0,0', '0,1¦1,25¦0,3', '0,2¦2,50¦0,6'],
    { report: { delimiter: ';', preambleLineCount: 4 } },
  ),
];
