const setOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Words that turn what follows into its opposite. */
export const negators: ReadonlySet<string> =
  setOf(`not no never none nobody nothing neither nor nowhere without cannot cant dont doesnt didnt isnt wasnt arent werent wont wouldnt
  shouldnt couldnt hasnt havent hadnt aint don't doesn't didn't isn't wasn't aren't weren't won't wouldn't shouldn't couldn't can't hasn't haven't hadn't ain't mustn't needn't
  n't`);

/** Words that nearly do. */
export const weakNegators: ReadonlySet<string> = setOf('hardly barely scarcely rarely seldom');

/** Words that make what follows stronger, by how much. */
const strengtheners: Readonly<Record<string, string>> = {
  1.45: `absolutely extremely incredibly insanely unbelievably utterly totally completely ridiculously exceptionally extraordinarily hugely immensely enormously
    tremendously profoundly phenomenally outrageously fucking freaking freakin frickin effing fuckin bloody damn hella`,
  1.3: `very really so such super too deeply highly truly especially particularly remarkably terribly awfully horribly painfully seriously genuinely thoroughly
    greatly massively mega ultra incredibly most intensely strongly majorly heartily wildly madly sooo soo wayy way perfectly wholly entirely purely real`,
  1.15: 'keep keeps kept more even quite always definitely certainly surely clearly obviously honestly always much far pretty all',
};

/** Words that make what follows weaker, by how much. */
const weakeners: Readonly<Record<string, string>> = {
  0.75: 'fairly rather somewhat relatively moderately mostly reasonably sorta kinda partly partially almost nearly',
  0.7: 'slightly a-bit bit marginally occasionally sometimes mildly less',
};

/** How much a word strengthens (above 1) or weakens (below 1) what it stands before. */
export const degrees: ReadonlyMap<string, number> = new Map(
  [...Object.entries(strengtheners), ...Object.entries(weakeners)].flatMap(([factor, words]) =>
    [...setOf(words)].map((word) => [word, Number(factor)] as const),
  ),
);

/** Words behind which the point of a sentence comes. */
export const turns: ReadonlySet<string> = setOf('but however yet nevertheless nonetheless instead though still unfortunately sadly');

/** Words that grant something before or beside the point. */
export const concessions: ReadonlySet<string> = setOf('although though while whilst despite whereas notwithstanding albeit');

/** Words behind which nothing is said to be so: wishes, plans, conditions. */
export const unreal: ReadonlySet<string> = setOf('if unless whether wish');

/** Words with which a request begins. */
export const requests: ReadonlySet<string> =
  setOf(`write make give show explain translate convert summarise summarize list create draft define compare continue use add remove
  sort generate tell find calculate describe rewrite change kill abort send call check run put set open read compute implement refactor debug test fine-tune
  build design suggest propose provide analyse analyze plot draw count name choose pick search replace rename move copy delete update install configure format
  classify extract identify outline paraphrase shorten expand correct proofread compose prepare plan help solve prove evaluate estimate convert let's can could would
  remember note return print turn keep take try schedule book remind`);

/** Words with which a question for facts begins. */
export const questions: ReadonlySet<string> = setOf(
  'what which how where when who whose is are do does did has have was were can could would will should may why',
);

/** Words that show that a question is none, but an outcry. */
export const outcries: ReadonlySet<string> =
  setOf(`ever even anyone anybody supposed keep keeps finally again still always bother trust hell earth such wouldn't isn't
  wasn't so wrong point idea`);
