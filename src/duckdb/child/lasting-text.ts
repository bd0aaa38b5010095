/** Names of columns whose digits are no numbers: nobody adds them up, and a zero in front of one means something. */
const names =
  /(^|_)(phone|phones|telephone|telefon|tel|mobile|cell_?phone|handy|fax|zip|zip_?codes?|postal_?codes?|post_?codes?|plz|ssn|iban|bic|imei|isbn|ean|gtin|upc|card_?(number|no|nr)|credit_?card|account_?(number|no|nr)|version|release|firmware)(_|$)/;

/** `Zip Code` and `zipCode` as `zip_code`. */
function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_');
}

/** Whether the check digit of a number is right, as on the cards of banks. (ISO/IEC 7812-1, annex B: Luhn) */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let back = 0; back < digits.length; back += 1) {
    const digit = Number(digits[digits.length - 1 - back]) * (back % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/**
 * Whether a column stays text although its values are digits: by its name, as a telephone number or the number of a version, or by its
 * values, as the numbers of cards.
 *
 * @param present what the column holds, without missing values
 */
export function isAlwaysText(present: readonly string[], name: string): boolean {
  if (names.test(wordsOf(name)) && present.every((value) => /^[\s\d.+()/-]*$/.test(value))) return true;
  return present.length >= 3 && present.every((value) => /^\d{13,19}$/.test(value) && hasCheckDigit(value));
}
