/** The languages whose words PostgreSQL knows the forms of, since its version 14; `simple` takes words as they are, of any language. */
export const knowledgeLanguages = [
  'simple',
  'arabic',
  'armenian',
  'basque',
  'catalan',
  'danish',
  'dutch',
  'english',
  'finnish',
  'french',
  'german',
  'greek',
  'hindi',
  'hungarian',
  'indonesian',
  'irish',
  'italian',
  'lithuanian',
  'nepali',
  'norwegian',
  'portuguese',
  'romanian',
  'russian',
  'serbian',
  'spanish',
  'swedish',
  'tamil',
  'turkish',
  'yiddish',
] as const;

/** One of `knowledgeLanguages`. */
export type KnowledgeLanguage = (typeof knowledgeLanguages)[number];

/** A stored language; one that is unknown takes words as they are. */
export function languageOf(stored: string): KnowledgeLanguage {
  return knowledgeLanguages.find((language) => language === stored) ?? 'simple';
}
