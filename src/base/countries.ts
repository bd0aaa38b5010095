/** Codes of ISO 3166-1 in one text: two letters, three letters and three digits of each country. */
const codes =
  'AFAFG004 ALALB008 DZDZA012 ASASM016 ADAND020 AOAGO024 AIAIA660 AQATA010 AGATG028 ARARG032 AMARM051 AWABW533 AUAUS036 ATAUT040 AZAZE031 ' +
  'BSBHS044 BHBHR048 BDBGD050 BBBRB052 BYBLR112 BEBEL056 BZBLZ084 BJBEN204 BMBMU060 BTBTN064 BOBOL068 BABIH070 BWBWA072 BVBVT074 BRBRA076 ' +
  'IOIOT086 BNBRN096 BGBGR100 BFBFA854 BIBDI108 KHKHM116 CMCMR120 CACAN124 CVCPV132 KYCYM136 CFCAF140 TDTCD148 CLCHL152 CNCHN156 CXCXR162 ' +
  'CCCCK166 COCOL170 KMCOM174 CGCOG178 CDCOD180 CKCOK184 CRCRI188 CICIV384 HRHRV191 CUCUB192 CYCYP196 CZCZE203 DKDNK208 DJDJI262 DMDMA212 ' +
  'DODOM214 ECECU218 EGEGY818 SVSLV222 GQGNQ226 ERERI232 EEEST233 ETETH231 FKFLK238 FOFRO234 FJFJI242 FIFIN246 FRFRA250 GFGUF254 PFPYF258 ' +
  'TFATF260 GAGAB266 GMGMB270 GEGEO268 DEDEU276 GHGHA288 GIGIB292 GRGRC300 GLGRL304 GDGRD308 GPGLP312 GUGUM316 GTGTM320 GNGIN324 GWGNB624 ' +
  'GYGUY328 HTHTI332 HMHMD334 VAVAT336 HNHND340 HKHKG344 HUHUN348 ISISL352 ININD356 IDIDN360 IRIRN364 IQIRQ368 IEIRL372 ILISR376 ITITA380 ' +
  'JMJAM388 JPJPN392 JOJOR400 KZKAZ398 KEKEN404 KIKIR296 KPPRK408 KRKOR410 KWKWT414 KGKGZ417 LALAO418 LVLVA428 LBLBN422 LSLSO426 LRLBR430 ' +
  'LYLBY434 LILIE438 LTLTU440 LULUX442 MOMAC446 MGMDG450 MWMWI454 MYMYS458 MVMDV462 MLMLI466 MTMLT470 MHMHL584 MQMTQ474 MRMRT478 MUMUS480 ' +
  'YTMYT175 MXMEX484 FMFSM583 MDMDA498 MCMCO492 MNMNG496 MSMSR500 MAMAR504 MZMOZ508 MMMMR104 NANAM516 NRNRU520 NPNPL524 NLNLD528 NCNCL540 ' +
  'NZNZL554 NINIC558 NENER562 NGNGA566 NUNIU570 NFNFK574 MPMNP580 MKMKD807 NONOR578 OMOMN512 PKPAK586 PWPLW585 PSPSE275 PAPAN591 PGPNG598 ' +
  'PYPRY600 PEPER604 PHPHL608 PNPCN612 PLPOL616 PTPRT620 PRPRI630 QAQAT634 REREU638 ROROU642 RURUS643 RWRWA646 SHSHN654 KNKNA659 LCLCA662 ' +
  'PMSPM666 VCVCT670 WSWSM882 SMSMR674 STSTP678 SASAU682 SNSEN686 SCSYC690 SLSLE694 SGSGP702 SKSVK703 SISVN705 SBSLB090 SOSOM706 ZAZAF710 ' +
  'GSSGS239 ESESP724 LKLKA144 SDSDN729 SRSUR740 SJSJM744 SZSWZ748 SESWE752 CHCHE756 SYSYR760 TWTWN158 TJTJK762 TZTZA834 THTHA764 TLTLS626 ' +
  'TGTGO768 TKTKL772 TOTON776 TTTTO780 TNTUN788 TRTUR792 TMTKM795 TCTCA796 TVTUV798 UGUGA800 UAUKR804 AEARE784 GBGBR826 USUSA840 UMUMI581 ' +
  'UYURY858 UZUZB860 VUVUT548 VEVEN862 VNVNM704 VGVGB092 VIVIR850 WFWLF876 EHESH732 YEYEM887 ZMZMB894 ZWZWE716 AXALA248 BQBES535 CWCUW531 ' +
  'GGGGY831 IMIMN833 JEJEY832 MEMNE499 BLBLM652 MFMAF663 RSSRB688 SXSXM534 SSSSD728 XKXKK983';

/** Names that people write and `Intl` does not, in lower case. */
const otherNames: Readonly<Record<string, string>> = {
  america: 'US',
  'bosnia and herzegovina': 'BA',
  britain: 'GB',
  burma: 'MM',
  'cape verde': 'CV',
  'congo, dem. rep.': 'CD',
  'congo, rep.': 'CG',
  congo: 'CG',
  "cote d'ivoire": 'CI',
  'czech republic': 'CZ',
  'democratic republic of congo': 'CD',
  'democratic republic of the congo': 'CD',
  'dr congo': 'CD',
  'east timor': 'TL',
  'egypt, arab rep.': 'EG',
  'great britain': 'GB',
  holland: 'NL',
  'hong kong': 'HK',
  'iran, islamic rep.': 'IR',
  'ivory coast': 'CI',
  'korea, dem. rep.': 'KP',
  'korea, rep.': 'KR',
  korea: 'KR',
  kosovo: 'XK',
  macao: 'MO',
  macedonia: 'MK',
  palestine: 'PS',
  'republic of korea': 'KR',
  'republic of the congo': 'CG',
  'russian federation': 'RU',
  'slovak republic': 'SK',
  swaziland: 'SZ',
  'syrian arab republic': 'SY',
  'the netherlands': 'NL',
  'trinidad and tobago': 'TT',
  turkey: 'TR',
  uae: 'AE',
  uk: 'GB',
  'united states of america': 'US',
  usa: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  vatican: 'VA',
  'venezuela, rb': 'VE',
  'viet nam': 'VN',
};

/** Finds countries by what people call them. */
export interface Countries {
  /** The two letters of ISO 3166-1 for an English name or a code of two or three letters; null where it is no country. */
  codeOf(text: string): string | null;
  /** The three digits of a code of two letters; null where it has none. */
  digitsOf(code: string): string | null;
}

/** Prepares the names, which takes some milliseconds. */
export function createCountries(): Countries {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const known = new Map<string, string>(Object.entries(otherNames));
  const digits = new Map<string, string>();
  for (const entry of codes.split(' ')) {
    const two = entry.slice(0, 2);
    digits.set(two, entry.slice(5));
    for (const name of [two, entry.slice(2, 5), names.of(two) ?? two]) known.set(plain(name), two);
  }
  return { codeOf: (text) => known.get(plain(text)) ?? null, digitsOf: (code) => digits.get(code) ?? null };
}

/** Without accents, "&" and "St.", so that ways of writing meet. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll('&', 'and')
    .replace(/^st\.? /i, 'saint ')
    .trim()
    .toLowerCase();
}
