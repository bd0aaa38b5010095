import type { PhraseGroup } from '../phrases.ts';

/** Phrases of failure, complaint and sorrow, many without one bad word; `phrases.ts` tells how they are written. */
export const badPhrases: readonly PhraseGroup[] = [
  {
    value: -2.2,
    emotion: 'FRUSTRATION',
    phrases: `
      {not} work|working|load|loading|start|starting|connect|connecting|respond|responding|save|saving|sync|syncing|print|charge|charging|boot|launch|compile|install|update|refresh|render|play|scan|fit|hold|stick|close|match|help|function|recognize|recognise|recognized
      {not} even|really|actually|always work|load|open|start|connect|respond|save|sync|help|listen|know|care|try|answer|reply
      {not} * turn|switch|power|boot|start on|up
      {not} let|allow me|us
      stop|stops|stopped|quit|quits working|charging|responding|loading|syncing|functioning|playing|printing|recording
      never arrived|came|showed|delivered|received|responded|replied|answered|worked|got|called|shipped|started|loaded|opened|helped|did|happened
      never|hasn't|haven't|not|didn't|have|has {not} arrived|received|responded|replied|heard|shipped
      {not} come|came|turn|turned|show|showed up|back
      still waiting|broken|nothing|down
      still {not} *
      still the same
      same error|problem|issue|crash|mistake|bug|result again
      the same error|problem|issue|crash|mistake|bug
      same * as before
      waiting|waited|wait|wasted|spent|stuck|hold * hours|weeks|days|months|hour|ages|forever
      waited|waiting|wait an|two|three|four|five hour|hours|weeks|days
      on hold for
      no-one|nobody|one|noone|no answers|answered|answer|replies|replied|reply|responds|responded|helps|helped|cares|cared|listens|listened|came|comes|remembered|knows|bothered
      nobody|no-one * talk|listen|help
      no one|body|reply|response|answer|refund|explanation|help|apology|luck|signal|news answers|answered|replied|helped|cares|listens|came|remembered|responds
      got|get|had|with|received no reply|response|answer|refund|help|explanation|apology
      charged|billed|charge me|us|my|our * twice
      charged|billed twice
      charged|billed me|us twice
      fell|falls|fall|came|comes off|apart
      broke|broken|breaks down|off
      gave|given|give|giving up
      had|have to reset|reinstall|return|restart|throw|reboot|replace|re-do|redo|beg|chase|fight|argue|send
      logs|logged|kicks|kicked|signs me out
      keeps|keep|kept|keeping on|stopping|asking|saying|logging|losing|repeating|changing|disconnecting|dropping|showing|buffering|closing|restarting|rebooting|telling|ignoring|interrupting|adding
      every|each single|damn time
      not what i|we asked|wanted|ordered|expected|meant|need|needed|paid
      that's|it's|this not|isn't what|how|right|correct|true|helpful
      not|n't listening
      forget it
      makes|make|made no|zero|little sense
      no sense
      give me a break
      fed up
      sick of
      sick and tired
      tired of
      had enough
      enough is enough
      too much to ask
      how many|much * times|longer
      how much longer
      what's|what is|was wrong with
      what's|what is the point
      why * so|such|always|never|keep|keeps|still
      why would anyone|anybody|you
      why can't|can|won't|isn't|doesn't *
      when will you|they|it|this finally|ever
      who thought|decided * good|great|smart idea
      who approved|designed this|that
      isn't|wasn't|not a good|great|smart idea
      do|does|did * ever work|help|listen|load|stop|end
      deleted|erased|wiped|overwrote|deletes my|all|half|everything|our
      what the hell|heck|fuck
      what on earth
      are you kidding|serious|joking
      you must|have|got to be joking|kidding
      supposed to be|work|mean|help
      {be} supposed to
      wrong answer|size|colour|color|item|order|one|product|address|file|way|model|part|language|answers
      in the wrong
      went black|blank|dead|wrong|south|downhill|bust
      half of the|my|our * missing
      {be} missing
      get|getting|got|gets|even|much|far worse|slower|harder
      get|got any worse
      takes|took|take * minutes|hours to load|open|start|answer
      takes|took|taking forever|ages
      take forever|ages
      stop saying|apologising|apologizing|doing|asking|adding|making|repeating|lying|changing
      out of stock|order|control|service
      don't|do not|dont|doesn't|didn't make|get|understand|see the point
      {be} done with
      hung|hangs|hang up on
      without asking|permission|warning|notice
      at the worst`,
  },
  {
    value: -2.7,
    emotion: null,
    phrases: `
      waste of time|money|space
      waste|wasted my|our|your time|money
      one|1|zero|0|half star|stars
      1/10
      0/10
      2/10
      one|zero|0|1 out of ten|10|five|5
      rip|ripped|rips|ripping off|me|us
      let|lets|letting me|us|down down
      let down
      never again
      never|not|won't|wouldn't|don't ever buy|use|order|go|come|shop|stay|eat|return|recommend|trust|fly again
      never|not|won't|wouldn't buy|use|order|go|come|shop|stay|eat|fly|return|be * again
      stay|keep|steer|run away|clear|far from|of
      stay|steer|keep away|clear
      avoid at all
      at all costs
      money back
      want|need|demand a refund
      refused to refund|help|replace|pay
      {not} recommend
      {not} worth
      {not} be recommended
      do|does not bother
      don't|dont bother
      {not} like|love|enjoy|care|trust|buy|believe|appreciate|agree
      {not} a * fan
      so much for
      thanks|thank|thx|thankyou for nothing
      good luck getting|with|finding|trying|reaching|using
      yeah right
      as if that|it|they|he|she|i|you|we ever
      who needs
      could|should|would|might have been|done|had|used|made|gone better
      could|should be * better
      {be} no good|use|joy|fun|help|excuse|match
      no good|use|joy|fun|help|excuse
      leaves|left|leave a|much|me|something bad|sour|bitter|to|to taste|be|desired
      less than ideal|stellar|impressed|satisfied|happy|perfect
      nothing special|great|good
      go to hell
      shame on
      screw|fuck|damn you|this|that|it|them|off
      shut up
      drives|driving|drove me|us crazy|mad|nuts|insane
      on my nerves
      the last straw
      hell this|that|of`,
  },
  {
    value: -2.2,
    emotion: 'SADNESS',
    phrases: `
      passed away
      miss you|him|her|them|my|home|it
      broke my|his|her|our heart
      broke up
      break up
      fell apart
      feel|feeling|feels|felt low|down|empty|numb|alone|blue|like shit|crap
      no hope|future|friends|end
      no end in sight
      going|went|goes bankrupt
      lost my|his|her|our|their job|jobs|home|homes|house|dad|mum|mom|father|mother|dog|cat|keys|wallet|phone|luggage|data|work|files
      laid off
      got|was|were|been|be fired|robbed|mugged|dumped|sacked|scammed|hacked|cheated|beaten|stolen
      cheated on
      won't|wouldn't|doesn't talk|speak to me|us
      raised|raise|raising the|my|our rent|price|prices
      head|tooth|teeth|back|stomach|belly|throat|knee|foot hurts|aches|hurt
      had a|an huge|big|bad fight|argument|row|accident
      too bad
      if only
      wish i|we|it|they|you had|hadn't|were|was|could|didn't|never
      i wish`,
  },
  {
    value: -1.4,
    emotion: null,
    phrases: `
      too small|big|tight|loud|dark|dim|slow|long|expensive|short|heavy|hot|cold|much|many|late|salty|sweet|weak|complicated|difficult|hard|thin|thick|bright|far|high|low|early|little|few|old|large
      way|far too *
      too * for|to
      used to be
      used to love|like|enjoy|work
      wanted|tried|hoped|expected to love|like|enjoy
      no longer works|work|available|supported|fun|good
      no|without|zero luck|chance|clue|respect|manners|taste|flavour|flavor|support|warning|apology|progress|quality
      not enough
      {not} cheap
      smells|smelled|smell of|like|bad|awful|funny|weird|off
      {not} enough
      run|ran|runs|running out of
      in vain
      at a loss
      a bit of a mess|letdown|disappointment
      another delay|bug|crash|error|problem|issue|failure|excuse|outage|lie
      not|hasn't|haven't|didn't|doesn't improve|improved
      {not} anything|much|nothing
      under attack|arrest|fire
      state of emergency
      in|into trouble
      in pain
      not sure|funny|cool|ok|okay|fair|impressed|happy|good|great|nice|acceptable|right|helpful|useful
      go|went|goes|going downhill
      more expensive|slower|worse
      nothing works|worked|helps|helped|happens|happened|changed
      about to give`,
  },
  {
    value: -1.8,
    emotion: 'CONFUSION',
    phrases: `
      what is|are|does this|that|it supposed to
      makes|make my head spin
      {not} understand|get|follow|understood
      no idea what|how|why|where
      lost me
      head or tail
      heads or tails`,
  },
  {
    value: -2.2,
    emotion: 'FEAR',
    phrases: `
      scared|afraid of
      death threat|threats
      at gunpoint
      at risk
      in danger`,
  },
  {
    value: -2.3,
    emotion: null,
    phrases: `
      {not} waste|wasting|spend your|my|our time|money|energy
      {not} make the|my same mistake
      {wont} * back|return|returning|again|revisit|revisiting
      {wont} be|go|going|come|coming back
      {will} not|never * return|again|revisit
      {will} not|never be|go|come back
      never|not going|coming back
      never go|going|come|buy|order|eat|use * again
      {dont} buy|purchase
      {dont} go|eat|order|shop|stay|bank|park here|there
      {dont} see|watch|rent|read this|it
      no|zero|not stars|star
      no|zero star|stars
      deserves|deserve no|zero
      1|2|3|one|two|three out of 10|ten
      i've|i|we've|we|have|had|seen|had had|seen better
      deserve|deserves better
      {be} a joke
      down the toilet|drain
      money down
      over rated|hyped|priced
      would've|would have been good|great|better|nice|fun
      buyer beware
      pulls|pulled the wool
      ended|ends|end up throwing|returning|paying|waiting|leaving|calling|crying|giving
      set|sets fire to
      fall|fell|falls short
      leave|leaves|left me|us stranded|hanging|waiting|cold|disappointed
      goes|go|went to waste
      in the middle of nowhere`,
  },
  {
    value: -1.5,
    emotion: 'FRUSTRATION',
    phrases: `
      took|take|takes * minutes|min|mins|hours|forever|ages to * arrive|come|load|answer|reply|bring|serve|open|start
      took over|almost|nearly|close|another|more|up|at * minutes|min|mins|hour|hours|weeks|months
      minutes|hours|days|weeks|months|hour|day|week late
      after|another|over|least * minutes|min|mins|hours wait|waiting
      sat|stood|sitting|standing|queued|queuing * minutes|hours|hour|min|mins
      only worked|works|lasted|lasts once|twice|a|for|two|three|when|if
      worked once|twice
      returning|returned|return them|it|this|for
      sending|sent|send it|them|this|these back
      for a|my refund
      {cant} hear|see|use|find|get|figure|make|read|access|log|login|sign|install|open|connect|download|upload|send|sleep|eat|focus|concentrate|think|breathe|afford|stand|take|turn|hang|save
      hardly|barely any|ever|enough
      almost|practically|basically no|nothing
      whatsoever
      who|what|why|where|how on earth
      could|can|dare you do this|that
      really have|need to
      kind of idiot|idiots|person|people
      {not} feel|feeling well|good|right|safe
      anything like the|what
      wish this|it|that on
      done with this|that|you|them|it|all
      managed to break|ruin|lose|crash|delete|destroy|spoil|miss
      another price increase|hike|rise|fee
      waited|waiting|wait * minutes|min|mins|hour
      nothing new
      not my thing
      {be} not it
      tastes|tasted|taste|smells|smelled|looks like dirt|cardboard|water|plastic|nothing|rubber|garbage|trash|shit|crap|wet|burnt|an|soap|paper|medicine
      runs|ran|drains|drained|dies|wears|wore down|out|fast|quickly|too
      keep|keeps|kept me|us waiting|awake|up
      closes|close|closed|restarts|shuts|turns|switches by|off itself
      by itself
      comes|came off in
      have|need to restart|reboot|reset|reinstall|repair|replace|fix every|again|it|them
      no apology|manners|warning|explanation|response|luck|sense|excuse|point|use
      in a hurry to
      second thoughts
      plot holes|hole
      not * any more|anymore|longer
      told you|them|him|her twice|already|before|many|several|three
      is|was|are the opposite
      leads|lead|led|goes|going nowhere
      paid for * received|got
      stuck in|with`,
  },
];
