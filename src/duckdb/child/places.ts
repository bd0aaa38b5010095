/** Countries and territories by their short English names, in small letters. (Unicode CLDR, and how people write some of them) */
const names: ReadonlySet<string> = new Set(
  (
    'afghanistan,albania,algeria,american samoa,andorra,angola,anguilla,antarctica,antigua and barbuda,argentina,armenia,aruba,australia,austria,azerbaijan,bahamas,bahrain,bangladesh,barbados,' +
    'belarus,belgium,belize,benin,bermuda,bhutan,bolivia,bosnia and herzegovina,bosnia,botswana,brazil,brunei,bulgaria,burkina faso,burma,burundi,cabo verde,cambodia,cameroon,canada,cape verde,' +
    "cayman islands,central african republic,chad,chile,china,colombia,comoros,congo,democratic republic of the congo,dr congo,cook islands,costa rica,cote d'ivoire,côte d'ivoire,croatia,cuba,curaçao," +
    'cyprus,czech republic,czechia,denmark,djibouti,dominica,dominican republic,east timor,ecuador,egypt,el salvador,england,equatorial guinea,eritrea,estonia,eswatini,ethiopia,falkland islands,' +
    'faroe islands,fiji,finland,france,french guiana,french polynesia,gabon,gambia,georgia,germany,ghana,gibraltar,great britain,greece,greenland,grenada,guadeloupe,guam,guatemala,guernsey,guinea,' +
    'guinea-bissau,guyana,haiti,honduras,hong kong,hungary,iceland,india,indonesia,iran,iraq,ireland,isle of man,israel,italy,ivory coast,jamaica,japan,jersey,jordan,kazakhstan,kenya,kiribati,kosovo,' +
    'kuwait,kyrgyzstan,laos,latvia,lebanon,lesotho,liberia,libya,liechtenstein,lithuania,luxembourg,macao,macau,macedonia,madagascar,malawi,malaysia,maldives,mali,malta,marshall islands,martinique,' +
    'mauritania,mauritius,mayotte,mexico,micronesia,moldova,monaco,mongolia,montenegro,montserrat,morocco,mozambique,myanmar,namibia,nauru,nepal,netherlands,new caledonia,new zealand,nicaragua,niger,' +
    'nigeria,niue,north korea,north macedonia,northern ireland,northern mariana islands,norway,oman,pakistan,palau,palestine,panama,papua new guinea,paraguay,peru,philippines,poland,portugal,puerto rico,' +
    'qatar,republic of the congo,réunion,romania,russia,russian federation,rwanda,samoa,san marino,saudi arabia,scotland,senegal,serbia,seychelles,sierra leone,singapore,slovakia,slovenia,solomon islands,' +
    'somalia,south africa,south korea,korea,south sudan,spain,sri lanka,sudan,suriname,swaziland,sweden,switzerland,syria,taiwan,tajikistan,tanzania,thailand,timor-leste,togo,tonga,trinidad and tobago,' +
    'tunisia,turkey,türkiye,turkmenistan,tuvalu,uganda,ukraine,united arab emirates,united kingdom,united states,united states of america,uruguay,uzbekistan,vanuatu,vatican city,venezuela,vietnam,viet nam,' +
    'wales,western sahara,yemen,zambia,zimbabwe'
  ).split(','),
);

/** ISO 3166-1 alpha-2, with UK and EU as people write them. */
const twoLetters: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU ' +
    'FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF ' +
    'MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX ' +
    'SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
  ).split(' '),
);

/** ISO 3166-1 alpha-3. */
const threeLetters: ReadonlySet<string> = new Set(
  (
    'ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLR BLZ BMU BOL BRA BRB BRN BTN BWA CAF CAN CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CYM ' +
    'CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HND HRV HTI HUN IDN IMN IND IRL IRN IRQ ISL ISR ' +
    'ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NGA NIC ' +
    'NIU NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKM TLS ' +
    'TON TTO TUN TUR TUV TWN TZA UGA UKR URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM XKX YEM ZAF ZMB ZWE'
  ).split(' '),
);

/** The share of the values that must be places: some name them in their own way, and some rows are of no country. */
const enough = 0.8;

function isCountry(value: string): boolean {
  return names.has(value.trim().toLowerCase().replaceAll('’', "'").replaceAll('&', 'and').replace(/^the /, ''));
}

/**
 * Whether the values are countries: by their English names, or all by codes of ISO 3166-1. Of codes three are needed: IN and NO are words too.
 *
 * @param values different values of a column, such as the most frequent ones
 */
export function areCountries(values: readonly string[]): boolean {
  if (values.length === 0) return false;
  if (values.filter(isCountry).length >= values.length * enough) return true;
  return values.length >= 3 && [twoLetters, threeLetters].some((codes) => values.filter((value) => codes.has(value)).length >= values.length * enough);
}
