/** Signs and codes of currencies that may stand before or after an amount. Codes: ISO 4217, those of the most traded and most populous. */
const currencies = [
  ...'US$ CA$ AU$ NZ$ HK$ A$ C$ R$ S$ $ € £ ¥ ₹ ₽ ₩ ₺ ₫ ₴ ₪ ฿ ₦ ₱ ₡ ₵ ₸ ₿'.split(' '),
  ...'zł Kč kr. kr Fr. Rs. Rs Rp lei'.split(' '),
  ...'AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GHS HKD HUF IDR ILS INR ISK JPY KES KRW KZT MAD MXN MYR NGN NOK NZD'.split(' '),
  ...'PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD TZS UAH UGX USD UYU VND ZAR'.split(' '),
];

/** Units that may follow a number without a space. */
const unitsOfMeasure = [
  ...'mm cm dm m km in ft yd mi nm µm um mg g kg t lb lbs oz µg ug ml mL cl dl l L gal m² m³ m2 m3 km² km2 cm² cm³ cm2 cm3 ft² ft2 ha ac sqft'.split(' '),
  ...'°C °F °K K ° mmHg hPa kPa MPa Pa bar psi J kJ MJ kcal cal W kW MW GW Wh kWh MWh GWh V mV kV A mA mAh Ah Ω Hz kHz MHz GHz dB lm lx'.split(' '),
  ...'ns µs us ms s sec secs min mins h hr hrs hours hour days day d w weeks week months month years year yrs yr'.split(' '),
  ...'B KB kB MB GB TB KiB MiB GiB TiB bit kbps Mbps Gbps px pt em rpm fps km/h kmh m/s mph kn kg/m³ g/l mg/l mg/dl mmol/l g/cm³ ‰ ppm ppb pcs'.split(' '),
];

/** Words after a number that make something else of it: a time of day, an era, an ordinal. */
const notUnits: ReadonlySet<string> = new Set('am pm ad bc ce bce st nd rd th million millions billion billions thousand mio bn'.split(' '));

const currencySet: ReadonlySet<string> = new Set(currencies);
const measures: ReadonlySet<string> = new Set(unitsOfMeasure);

/** Whether a text is the sign or the code of a currency. */
export function isCurrency(unit: string): boolean {
  return currencySet.has(unit);
}

/**
 * Whether a text after a number is a unit.
 *
 * @param hasSpace whether a space stands between them: then any word in small letters may be one, such as `items`
 */
export function isSuffixUnit(unit: string, hasSpace: boolean): boolean {
  if (unit === '%' || currencySet.has(unit) || measures.has(unit)) return true;
  return hasSpace && /^\p{Ll}{2,12}$/u.test(unit) && !notUnits.has(unit);
}

/** `years` and `year` are one unit: the longer is its name. Null where two texts are different units. */
export function sameUnit(one: string, other: string): string | null {
  if (one === other) return one;
  if (`${one}s` === other) return other;
  return one === `${other}s` ? one : null;
}
