import type { Token } from './tokens.ts';

/** Small words that make a text English, and that no other listed language has. */
const english = `the a and of to is are was were be been am it its it's this that these those i i'm my me we our you your you're he she they them his her their
  in on at for with from by as not don't doesn't didn't can can't won't would could should will have has had do does did what which who why how when where there here
  but or if so because than then just very too also about into over after before again all any some no yes please thanks thank up out off only never always still
  get got make need want know think see let's let ok okay new like good now more most much many been being were an`;

/** Small words of languages that are told apart from English; those that English has too are left out. */
const foreign: Readonly<Record<string, string>> = {
  German: `der das ist und nicht ich du wir ihr sie ein eine einen einem mit für auf von zu zum zur auch aber sehr schon noch wenn weil oder wie wo warum
    danke bitte gut schlecht guten hallo morgen kein keine mein meine dein habe haben hat bin sind wird werden kann bei nach über immer mich mir dich dir es im`,
  French: `le les un une des du et est pas je tu nous vous il elle ils elles que qui avec pour dans sur mais ou où très bien merci bonjour c'est j'ai ça cette ces mon ma
    mes votre notre suis êtes sont était être avoir ont plus tout toujours jamais aussi au aux ne ce se`,
  Spanish: `el los las una unos y es no-es yo tú él ella nosotros ustedes que con para por pero muy bien gracias hola está estoy son era como más también mi mis su
    sus este esta esto del al lo se nunca siempre todo porque cuando donde qué buenos días malo bueno tiene tengo`,
  Italian: `il gli uno una e è non io tu lui lei noi voi che con per ma molto bene grazie ciao sono sei siamo questo questa della del dei nel anche sempre mai perché come
    mio mia tuo buongiorno più tutto ho hai`,
  Portuguese: `o os uma e é não eu você ele ela nós que com para por mas muito bem obrigado obrigada olá está estou são foi como mais também meu minha seu sua isso este
    esta do da dos das em na um tudo sempre nunca porque`,
  Dutch: `de het een en niet ik jij je wij zij hij met voor op van naar ook maar heel erg goed slecht dank bedankt hallo dat dit deze die mijn jouw heb heeft hebben ben
    zijn wordt kan bij altijd nooit waarom omdat geen dankjewel`,
  Polish: `nie jest się na to że z do jak ale co tak bardzo dobrze dziękuję cześć dzień dobry mam masz jestem są był była tylko już też czy mój moja wszystko`,
  Swedish: `och det att är inte jag du vi han hon ett som på med för av till men mycket bra tack hej har var kan vad varför min mitt aldrig alltid`,
  Turkish: `ve bir bu çok değil ben sen biz için ile ama iyi kötü teşekkürler merhaba var yok ne neden nasıl daha`,
  Indonesian: `yang dan di tidak saya kamu kami ini itu dengan untuk dari ke sangat bagus terima kasih selamat ada bisa akan sudah tapi`,
};

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** Says whether a text is English, as far as one can tell. */
export type LanguageCheck = (text: string, tokens: readonly Token[], isKnown: (word: string) => boolean) => boolean;

/**
 * Creates the check. A text is not English when most of its letters are of another script, or when the small words of another language
 * outnumber those of English. What is too short to tell, such as "lol" or an emoji, counts as English.
 */
export function createLanguageCheck(): LanguageCheck {
  const englishWords = new Set(wordsOf(english));
  const foreignWords = Object.values(foreign).map((words) => new Set(wordsOf(words)));
  return (text, tokens, isKnown) => {
    const letters = text.match(/\p{L}/gu)?.length ?? 0;
    const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
    if (letters > 0 && latin < letters / 2) return false;
    const words = tokens.flatMap((token) => (token.kind === 'word' ? [token.text] : []));
    const ofEnglish = words.filter((word) => englishWords.has(word) || isKnown(word)).length;
    const ofOthers = Math.max(...foreignWords.map((known) => words.filter((word) => known.has(word) && !englishWords.has(word)).length));
    if (ofOthers >= 2 && ofOthers > ofEnglish) return false;
    if (ofEnglish > 0) return true;
    // No English word at all: one small word of another language, or its letters, tell enough.
    return ofOthers === 0 && !(words.length >= 2 && /[^\p{ASCII}\p{P}\p{S}\p{M}]/u.test(words.join('')));
  };
}
