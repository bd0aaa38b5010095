import type { WordGroup } from '../lexicon.ts';

/** Words that say that something is bad, by their strength; compiled for this product. */
export const negativeWords: readonly WordGroup[] = [
  {
    value: -3.2,
    emotion: null,
    kind: 'adjective',
    words: `terrible horrible awful dreadful atrocious appalling abysmal horrendous catastrophic disastrous unbearable intolerable unforgivable inexcusable
      unacceptable deplorable despicable wretched pathetic hideous ghastly heinous monstrous evil vile ruinous traumatic hellish excruciating agonizing agonising
      unspeakable godawful diabolical abhorrent lousy crappy shitty trashy worthless useless pointless`,
  },
  {
    value: -2.4,
    emotion: null,
    kind: 'adjective',
    words: `bad poor horrid nasty rotten faulty defective broken flimsy shoddy inferior mediocre subpar substandard incompetent unprofessional unreliable
      untrustworthy dishonest deceptive misleading fraudulent corrupt crooked greedy selfish arrogant rude impolite disrespectful ignorant stupid idiotic dumb moronic
      foolish ridiculous absurd ludicrous laughable pitiful miserable painful harmful toxic dangerous hazardous unsafe deadly lethal fatal cruel brutal vicious violent
      savage ruthless malicious hateful racist sexist bigoted abusive hostile bitter ugly unpleasant unfair unjust immoral unethical shameful disgraceful embarrassing
      humiliating cringeworthy cringy offensive insulting disappointing dissatisfied unsatisfactory underwhelming overpriced tedious boring dull bland
      tasteless unfunny lame uninspired lifeless monotonous bloated buggy glitchy laggy unusable unplayable unwatchable unreadable inedible illegible unhelpful unresponsive
      incoherent nonsensical clueless hopeless helpless desperate tragic grim bleak dire unfortunate unlucky cursed doomed guilty ashamed sinful criminal illegal`,
  },
  {
    value: -2.4,
    emotion: 'ANGER',
    kind: 'adjective',
    words: `angry furious enraged livid irate outraged outrageous infuriating maddening mad pissed resentful vengeful spiteful hostile`,
  },
  {
    value: -2.2,
    emotion: 'FRUSTRATION',
    kind: 'adjective',
    words: `frustrated frustrating annoying annoyed irritating irritated exasperating exasperated aggravating aggravated fed-up cumbersome clunky clumsy
      inconvenient impractical unworkable sluggish tiresome tiring exhausted exhausting obnoxious intrusive pesky stuck bothersome`,
  },
  {
    value: -2.3,
    emotion: 'SADNESS',
    kind: 'adjective',
    words: `sad unhappy depressed depressing heartbroken heartbreaking devastated devastating gloomy mournful sorrowful tearful lonely miserable dejected
      despondent disheartened disheartening discouraged discouraging downcast disappointed homesick grieving melancholy regretful upset hurtful crushed forlorn`,
  },
  {
    value: -2.2,
    emotion: 'FEAR',
    kind: 'adjective',
    words: `afraid scared scary frightened frightening terrified terrifying fearful anxious worried worrying nervous panicked panicky alarming alarmed
      threatening menacing creepy eerie stressful stressed uneasy insecure paranoid petrified dreaded spooky horrified horrifying`,
  },
  {
    value: -2.6,
    emotion: 'DISGUST',
    kind: 'adjective',
    words: `disgusting disgusted gross revolting repulsive repugnant nauseating sickening filthy foul yucky mouldy moldy stinky smelly putrid rancid sordid
      grimy icky slimy distasteful`,
  },
  {
    value: -1.5,
    emotion: 'CONFUSION',
    kind: 'adjective',
    words: `confusing confused baffling baffled puzzling puzzled perplexing perplexed bewildered bewildering unclear ambiguous convoluted incomprehensible
      vague cryptic disoriented`,
  },
  {
    value: -1.6,
    emotion: null,
    kind: 'adjective',
    words: `wrong slow difficult weak dirty messy noisy stale soggy greasy sour burnt cracked leaky wobbly shaky rusty crooked cramped crowded tacky
      outdated obsolete obscure awkward uncomfortable inaccurate incorrect inadequate insufficient incomplete inconsistent ineffective inefficient inept careless
      negligent reckless irresponsible lazy sloppy untidy unkempt neglected abandoned damaged scratched dented torn shattered sick ill unhealthy injured wounded
      dead dying bankrupt homeless hungry starving thirsty unemployed jobless problematic troublesome troubled questionable dubious suspicious shady sketchy dodgy
      skeptical sceptical cynical pessimistic negative unfavourable unfavorable unwelcome unwanted unnecessary excessive pricey costly unaffordable harsh severe strict
      grumpy moody cranky irritable gloomy jealous envious greedy stingy petty shallow superficial phony phoney bogus fake insincere pretentious
      hypocritical biased unreasonable irrational crazy insane fragile brittle unstable vulnerable unsure doubtful reluctant unwilling disloyal unkind
      unfriendly heartless mean impatient inflexible stubborn predictable repetitive generic forgettable uneven flawed imperfect dim blurry grainy
      tinny scratchy itchy sore bumpy lumpy wooden clichéd cliched contrived lackluster lacklustre murky dreary drab ruined wasted regrettable frantic bloody sleepless
      unsupported redundant misguided disruptive terrorist`,
  },
  {
    value: -3,
    emotion: 'ANGER',
    kind: 'verb',
    words: `hate despise loathe detest abhor infuriate enrage`,
  },
  {
    value: -2.2,
    emotion: null,
    kind: 'verb',
    words: `fail ruin destroy wreck devastate betray abuse torture murder kill slaughter rape assault attack bully harass threaten terrorize terrorise
      humiliate insult offend disgust sicken cheat scam swindle defraud rob lie deceive mislead exploit suck stink disappoint crash botch bungle`,
  },
  {
    value: -1.7,
    emotion: null,
    kind: 'verb',
    words: `harm injure damage wound suffer ache bleed die drown choke poison infect vomit cry weep sob mourn grieve regret worry fear dread panic scare
      frighten terrify horrify upset depress dislike resent envy anger annoy irritate bother frustrate aggravate exasperate confuse baffle puzzle bewilder bore
      complain moan whine grumble scream yell shout curse swear blame accuse condemn criticize criticise mock ridicule scold punish reject deny refuse ignore neglect abandon
      dump quit lose miss waste squander crack shatter leak overheat freeze lag glitch malfunction stall jam collapse crumble rot decay
      stain limp struggle stumble panic sabotage vandalize vandalise pollute contaminate corrupt overcharge mistreat mishandle
      misplace mess spoil sue jail imprison arrest evict bomb riot loot burn explode kidnap invade oppress discriminate reek`,
  },
  {
    value: -1.1,
    emotion: null,
    kind: 'verb',
    words: `lack complicate delay postpone cancel interrupt disturb distract disagree doubt distrust mistrust object protest oppose resist avoid warn
      hesitate fade wilt shrink degrade deteriorate worsen decline drop lament sigh shrug cringe wince shiver tremble tire exhaust
      bicker argue fight clash conflict crush burden strain stress obstruct limit restrict violate breach steal withhold omit forget undermine exclude ban`,
  },
  {
    value: -2.5,
    emotion: null,
    kind: 'noun',
    words: `disaster catastrophe nightmare tragedy hell torture agony misery despair disgrace shame fraud scam ripoff rip-off murder murderer killer massacre
      genocide terrorism terrorist rape rapist abuse abuser violence cruelty hatred racism racist sexism bigot bigotry idiot moron imbecile fool loser jerk bastard asshole dick
      bitch crap shit bullshit garbage rubbish trash junk failure flop fiasco travesty mockery letdown let-down disappointment waste misfortune calamity
      atrocity injustice corruption liar lie coward traitor scum villain thief thug dumpster-fire clusterfuck`,
  },
  {
    value: -1.6,
    emotion: null,
    kind: 'noun',
    words: `problem error bug glitch defect fault flaw mistake blunder failure crash malfunction breakdown outage delay inconvenience hassle trouble difficulty
      struggle obstacle setback drawback downside disadvantage complaint criticism insult offence accusation conflict dispute argument fight battle attack assault
      threat danger hazard risk injury wound pain ache headache migraine illness disease cancer infection virus sickness fever death funeral grief sorrow sadness depression
      anxiety fear panic terror worry stress tension anger rage fury frustration annoyance irritation resentment jealousy envy guilt regret remorse
      embarrassment humiliation confusion chaos mess clutter dirt filth mould stench odor odour stink poverty famine hunger debt bankruptcy loss damage
      destruction ruin wreck collapse crisis emergency accident collision casualty refugee shortage scarcity neglect ignorance stupidity
      nonsense absurdity dishonesty deception betrayal greed arrogance selfishness weakness lack boredom exhaustion fatigue insomnia loneliness
      isolation rejection punishment prison jail theft robbery burglary vandalism riot bomb bombing shooting weapon pollution poison toxin plague pest vermin cockroach bedbug
      scandal allegation lawsuit penalty enemy hate hostility aggression oppression discrimination harassment bullying stereotype tyranny dictator`,
  },
  {
    value: -3,
    emotion: null,
    kind: 'form',
    words: `worst awfulness fucked shittiest dreadfulness hellhole horrors wtf`,
  },
  {
    value: -2.2,
    emotion: 'ANGER',
    kind: 'form',
    words: `fuck fucking fuckin fck damn dammit goddamn goddammit bloody-hell effing stfu fu hated hates hating pissed bs hell`,
  },
  {
    value: -2,
    emotion: 'FRUSTRATION',
    kind: 'form',
    words: `ugh ugghh argh argghh aargh grr grrr smh ffs facepalm meh bleh blah unfortunately sadly worse worsened boo sucks sucked sucky sux`,
  },
  {
    value: -1.7,
    emotion: null,
    kind: 'form',
    words: `broke broken breaks lost losing lose loses hurts hurting stuck stolen stole stank froze frozen died dies dying killed fought threw wept worn blew burnt beaten
      torn tore sank sunk fired laid-off missed misses misleading failing fails failed lied lying lies bled cheated cracked forgot forgotten`,
  },
  {
    value: -2,
    emotion: 'SADNESS',
    kind: 'form',
    words: `cried crying tears sob alas heartache heartbreak sniff sadder saddest miss lonelier loneliness grieved`,
  },
  { value: -2.2, emotion: 'DISGUST', kind: 'form', words: `ew eww eew yuck yuk ick bleugh gag gagging puke puking barf` },
  { value: -1, emotion: 'CONFUSION', kind: 'form', words: `huh idk confuse confusion misunderstood misunderstand misunderstanding` },
  {
    value: -1,
    emotion: null,
    kind: 'form',
    words: `cheap cheaply nope sorry apologies unable disagree disagrees harder hardest worryingly shortcomings nah pity`,
  },
  {
    value: -2.2,
    emotion: null,
    kind: 'adjective',
    words: `amateurish hackneyed insipid vapid cheesy corny stilted unimaginative uninspiring unremarkable unconvincing unrealistic implausible cliche-ridden brainless mindless
      overrated over-rated overhyped mortified insulted disrespected dismissive condescending pushy snobby snobbish surly abrasive unwelcoming inattentive unapologetic
      disorganised disorganized chaotic dingy grubby seedy shabby run-down rundown dilapidated decrepit derelict musty unappetizing unappetising unhygienic
      undercooked overcooked soggy rubbery flavorless flavourless charred unacceptable inhumane barbaric callous sinister traumatised traumatized sleazy`,
  },
  {
    value: -1.5,
    emotion: null,
    kind: 'adjective',
    words: `lukewarm tepid watery mushy stringy oily overdone underdone understaffed overcrowded stuffy creaky squeaky fiddly finicky unintuitive counterintuitive unfinished
      half-baked incompatible choppy jerky pixelated muffled distorted garbled spotty patchy riddled short-lived unprepared unaware uncaring unimpressed uninterested
      uninteresting unappealing unrecommended uneventful unexplained unanswered unresolved undelivered unpaid unlicensed untrained undercharged overloaded overworked
      underpaid restless gullible lopsided misshapen smeared sticky grimy infested blocked dreaded lacking dissapointed dissapointing disapointed disapointing`,
  },
  {
    value: -1.4,
    emotion: null,
    kind: 'verb',
    words: `squeak rattle wobble peel fray dent buffer disconnect scorch sting bruise stumble flop misprint overcook undercook disrespect dislike beware flunk
      backfire misfire clog flood erode unravel discolour discolor swerve topple flee starve beg bicker squabble sulk`,
  },
  {
    value: -1.8,
    emotion: null,
    kind: 'noun',
    words: `bore dud typo mistranslation hiccup poisoning explosion flood earthquake drought outbreak epidemic pandemic hurricane tornado wildfire avalanche layoff
      eviction foreclosure recession overcharge shortfall turmoil unrest bloodshed hostage abduction stabbing beating drowning collapse sewage maggot stain
      blister bruise rash nausea cramp fracture stroke tumour tumor wreckage blunder mishap dismay letdown gimmick cash-grab ripoff racket gripe nuisance eyesore
      disapointment dissapointment disapoinment`,
  },
  {
    value: -1.9,
    emotion: null,
    kind: 'adjective',
    words: `muddled overwrought grating banal inane disjointed witless plodding dopey leaden listless meandering unsatisfying destructive vulgar crude aimless overlong whiny
      anemic hollow humorless humourless formulaic unoriginal melodramatic dysfunctional inappropriate manipulative unattractive exploitative sophomoric pedestrian
      numbing self-indulgent devoid exaggerated screwed damned drunken`,
  },
  {
    value: -1.1,
    emotion: null,
    kind: 'form',
    words: `war wars horror issue issues forced flat plain silly empty false artificial stiff endless needless needlessly excuse excuses ass piss refund refunds cliche cliches
      convicted sentenced propaganda mediocrity drivel retread exploitation crime crimes hurt fell repetition victim victims aggressive wannabe`,
  },
];
