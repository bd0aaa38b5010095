import type { WordGroup } from '../lexicon.ts';

/** Words that say that something is good, by their strength; compiled for this product. */
export const positiveWords: readonly WordGroup[] = [
  {
    value: 3.2,
    emotion: 'JOY',
    kind: 'adjective',
    words: `amazing awesome brilliant breathtaking excellent exceptional extraordinary exquisite fabulous fantastic flawless glorious gorgeous heavenly
      incredible magnificent marvellous marvelous miraculous outstanding perfect phenomenal priceless radiant remarkable sensational spectacular splendid stellar
      stunning sublime superb terrific tremendous unbeatable unforgettable wonderful wondrous world-class first-class first-rate top-notch mind-blowing jaw-dropping
      euphoric ecstatic overjoyed elated exhilarating thrilled divine superlative majestic impeccable unmatched unrivalled peerless mesmerizing mesmerising spellbinding`,
  },
  {
    value: 2.4,
    emotion: 'JOY',
    kind: 'adjective',
    words: `happy beautiful lovely delicious delightful great joyful cheerful joyous charming adorable captivating enchanting enjoyable entertaining hilarious
      impressive inspiring inspired lovable loving magical masterful memorable pleased proud rewarding stylish superior thrilling triumphant uplifting winning vibrant
      yummy tasty scrumptious mouth-watering glad blessed blissful excited exciting fascinating heartwarming elegant graceful dazzling sparkling glowing admirable
      commendable exemplary laudable splendour heroic lucky victorious talented gifted ingenious legendary iconic epic stoked amused merry jolly jubilant festive
      wholesome cute sweet cuddly funny witty clever smart genius good-looking handsome unstoppable jazzed psyched hyped pumped`,
  },
  {
    value: 1.8,
    emotion: null,
    kind: 'adjective',
    words: `good nice pleasant kind friendly helpful useful valuable generous gentle patient thoughtful courteous polite caring compassionate considerate
      attentive professional reliable dependable trustworthy honest sincere loyal faithful safe comfortable cosy cozy comfy smooth sturdy robust solid durable neat tidy
      spotless clean fresh crisp delicate rich flavourful flavorful juicy creamy fragrant fun interesting intriguing engaging insightful informative creative innovative
      imaginative intuitive effortless seamless efficient effective productive successful prosperous promising hopeful optimistic encouraging confident brave
      courageous bold healthy fit strong wise bright skilled skilful skillful competent capable knowledgeable expert charismatic attractive pretty picturesque
      scenic peaceful calm serene tranquil relaxing soothing refreshing refreshed invigorating energetic lively warm welcoming hospitable inviting romantic tender
      affectionate beloved dear precious cherished favourite favorite acclaimed renowned prestigious luxurious lavish sumptuous deluxe fancy classy sleek
      satisfied relieved satisfying gratifying fulfilling worthwhile meaningful beneficial advantageous convenient handy practical
      versatile affordable economical gracious humble noble virtuous positive favourable favorable constructive
      supportive harmonious playful adventurous vivid lush blooming sunny merciful forgiving tasteful well-made well-designed well-written
      well-deserved well-organised well-organized user-friendly easy-going error-free hassle-free worry-free trouble-free stress-free eco-friendly cool sexy       grand noteworthy profound authentic genuine eloquent dynamic passionate devoted dedicated enthusiastic spirited sane lucid crystal-clear rad `,
  },
  {
    value: 1.1,
    emotion: null,
    kind: 'adjective',
    words: `alright decent adequate acceptable reasonable sensible suitable appropriate fitting proper accurate precise clear readable simple
      easy quick fast speedy prompt swift punctual lightweight compact stable steady secure legit fresher ready eligible compatible flexible modern trendy
      tolerable edible functional intact viable relevant consistent concise legible roomy spacious sharp crunchy improved upgraded free famous
      mature sustainable thorough crispy accessible notable able likable likeable sociable curious sober sound`,
  },
  {
    value: 3,
    emotion: 'JOY',
    kind: 'verb',
    words: `adore cherish treasure worship excel rejoice exult dazzle amaze astonish enchant enthral enthrall mesmerize mesmerise wow`,
  },
  { value: 2.8, emotion: 'JOY', kind: 'verb', words: `love` },
  {
    value: 2,
    emotion: 'JOY',
    kind: 'verb',
    words: `enjoy delight celebrate thrill impress inspire charm captivate fascinate please cheer laugh smile giggle admire applaud praise triumph succeed
      prosper thrive flourish shine sparkle win recommend commend congratulate uplift excite entertain amuse bless savour savor relish nail rock slay`,
  },
  {
    value: 1.3,
    emotion: null,
    kind: 'verb',
    words: `appreciate assist improve enhance boost benefit reward solve resolve rescue heal recover cure comfort soothe relax relieve
      refresh encourage motivate empower enable welcome embrace hug kiss cuddle respect honour honor protect upgrade simplify streamline ease satisfy fulfil fulfill volunteer donate forgive reconcile befriend unite endorse exceed outperform outshine surpass liberate rejuvenate revive restore innovate acclaim hope laud salute`,
  },
  {
    value: 2.2,
    emotion: 'JOY',
    kind: 'noun',
    words: `joy happiness bliss delight pleasure triumph victory masterpiece gem treasure paradise heaven miracle blessing celebration laughter excitement
      enthusiasm excellence perfection beauty elegance brilliance masterclass winner champion hero legend genius ecstasy euphoria delicacy treat thrill jackpot
      sweetheart darling sweetie cutie honey hurray hooray yay woohoo yippee whoop bravo kudos congrats congratulation lifesaver godsend gamechanger game-changer
      standout highlight dreamland adoration fun goodness gladness cheer`,
  },
  {
    value: 1.3,
    emotion: null,
    kind: 'noun',
    words: `success improvement benefit advantage reward prize award gift bonus bargain discount recommendation compliment achievement accomplishment breakthrough
      remedy relief comfort ease convenience luxury warmth kindness generosity courtesy hospitality friendship friend harmony peace freedom hope faith honesty integrity loyalty wisdom skill strength courage passion creativity charm grace gratitude appreciation admiration respect honour
      honor pride dignity prosperity fortune luck growth wellness vitality innovation insight inspiration smile hug kiss
      romance affection tenderness compassion medal trophy virtue perk plus praise applause ovation fan favourite favorite enjoyment satisfaction
      contentment optimism confidence resilience`,
  },
  {
    value: 3,
    emotion: 'JOY',
    kind: 'form',
    words: `best finest greatest superb awesomeness thriving lovin luv luvs loved lovely stoked ecstatically wowed won lit dope fab goat yesss       happiest loveliest`,
  },
  {
    value: 1.9,
    emotion: 'JOY',
    kind: 'form',
    words: `better wins winning won fave faves favs fav yum yummy nom woot woo yay haha hahaha hahahaha hehe lol lmao rofl xoxo xo cheers hooray hurrah hurray
      congrats gratz grats nicely greatly gladly happily swell neat woohoo yess yippee sweeter funniest cutest prettiest coolest victory beauties lolz heh
      prouder happier nicer kinder smarter stronger finer bless laughed cheered`,
  },
  {
    value: 1,
    emotion: null,
    kind: 'form',
    words: `agreed agree agrees welcome fixed works worked working solved interested thankfully fortunately luckily wealthier`,
  },
  { value: 0.5, emotion: null, kind: 'form', words: `ok okay okey yes yep yup sure right fine` },
  {
    value: 1.1,
    emotion: 'SURPRISE',
    kind: 'form',
    words: `wow whoa woah omg surprised surprise surprising surprisingly unexpected unexpectedly astonishing astonishingly`,
  },
  {
    value: 2.4,
    emotion: 'GRATITUDE',
    kind: 'form',
    words: `thanks thank thankful thx thanx thnx tnx ty tysm tyvm tks grateful gratefully gratitude appreciated appreciate appreciates thankyou obliged indebted
      appreciation thankfulness`,
  },
  {
    value: 2.3,
    emotion: 'JOY',
    kind: 'adjective',
    words: `compelling gripping touching endearing riveting immersive poignant enthralling irresistible sensational unbeatable unparalleled unrivaled pristine immaculate
      idyllic exquisite succulent divine must-have must-see must-read top-quality high-quality thought-provoking unmissable addictive lovable heartfelt glorious
      stupendous dreamy ravishing delectable luscious masterly virtuoso effervescent chuffed tickled beaming goosebumps`,
  },
  {
    value: 1.6,
    emotion: null,
    kind: 'adjective',
    words: `believable relatable realistic plausible convincing well-acted well-paced well-done hearty zesty savory savoury flavorsome flavoursome moist tangy aromatic buttery
      flaky plush snug ergonomic responsive snappy zippy quaint chic whimsical quirky nostalgic adept astute accomplished diligent accommodating personable approachable
      bubbly conscientious meticulous articulate polished refined ornate unassuming down-to-earth wind-resistant waterproof scratch-resistant long-lasting
      hard-wearing rock-solid foolproof no-nonsense user-centred ingeniously resourceful tireless selfless charitable optimal ample plentiful abundant seamless`,
  },
  {
    value: 1.7,
    emotion: null,
    kind: 'noun',
    words: `breeze no-brainer powerhouse pearl delicacy feast saviour savior asset bliss sunshine milestone accolade tribute harmony privilege bonanza windfall goosebump`,
  },
  {
    value: 1.4,
    emotion: null,
    kind: 'verb',
    words: `outlast outlive pamper rave treasure admire enrich energise energize brighten reassure captivate blossom recover overcome vindicate`,
  },
  {
    value: 0.8,
    emotion: null,
    kind: 'form',
    words: `help helps helped helping save saves saved original fair popular trust trusted talent solution correct achieved earned deserve deserves deserved success rare natural
      intense unique detailed delivers likes liked liking flows diverse timely capable hopes progress supportive`,
  },
  {
    value: 1.7,
    emotion: null,
    kind: 'adjective',
    words: `absorbing intelligent inventive engrossing deft evocative potent intoxicating infectious affecting soulful haunting resonant unflinching intimate undeniable nuanced
      sensual stirring fluid sympathetic assured powerful appealing wry understated redeeming artful`,
  },
  { value: 1.5, emotion: null, kind: 'noun', words: `verve charisma flair feat magic romp blessing prayer rainbow` },
  { value: 1.2, emotion: null, kind: 'verb', words: `capture showcase transcend evoke touch` },
];
