import type { PhraseGroup } from '../phrases.ts';

/** Phrases of praise, thanks and good luck; `phrases.ts` tells how they are written. */
export const goodPhrases: readonly PhraseGroup[] = [
  {
    value: 3,
    emotion: 'JOY',
    phrases: `
      couldn't|couldnt|can't|cannot be|get|feel|have|been happier|better|prouder
      couldn't|couldnt|can't|cannot be|get|feel|have * happier|better|prouder
      couldn't|couldnt have asked|wished|hoped for
      could not be happier|better|prouder
      could not have been better
      nobody|no-one|nothing could|can * better
      never been happier|better|easier
      could|can|does this|it|life|that * get any|much better
      can't|cant|cannot|not recommend|praise * enough
      can't|cannot|cant thank * enough
      out of this world
      second to none
      blown away
      blew me away
      over the moon
      on cloud nine
      dream come true
      dreams come true
      made|makes|make my|our|his|her|their day|week|year|night
      love|loved|loving every second|minute|bit|moment
      best * ever
      best * ever had
      worth every penny|cent|minute|second
      five|5 stars|star
      10/10
      5/5
      10 out of 10
      went|go|goes|going out of their|his|her|your way
      five out of five
      never looked back
      had a blast
      have a blast
      having a blast
      in love with`,
  },
  {
    value: 2.2,
    emotion: 'JOY',
    phrases: `
      can't|cant|cannot|couldn't wait to|for|till|until
      can not wait
      look|looking|looks forward
      would|will|'ll|i'd|we'd|i'll|we'll|definitely|certainly * again
      worth it
      well worth
      more than happy|pleased|worth
      just|simply works
      works like a charm
      works|worked|working perfectly|great|well|now|fine|brilliantly
      runs|ran|running smoothly|great|fine|perfectly
      like new
      like a charm
      like a dream
      like a baby
      like a dream
      thumbs up
      two thumbs up
      hats off
      well done
      good|great|nice|amazing|excellent|awesome job|work|one
      keep up the good|great
      way to go
      go|gone|went wrong
      can't|cannot|can't|couldn't go wrong
      can't|can not go wrong
      never|doesn't|don't|didn't|not disappoint|disappoints|disappointed|fail|fails
      never fails to
      never gets|got old
      couldn't|can't|cannot|could put * down
      could not put * down
      couldn't|can't stop laughing|smiling|listening|reading|watching|playing
      exactly|just what i|we wanted|needed|hoped
      exactly what i was looking for
      what i was looking for
      that did the trick
      did|does the trick
      passed the|my exam|test|exams
      got|get|landed the|a job|offer|flat|promotion
      got promoted
      good|great|wonderful|best news
      made it click
      nailed it
      sign me up
      count me in
      laughed|laugh so hard
      stand|standing ovation
      long live
      rock on
      you rock
      you rule
      good luck
      happy birthday
      exceeded * expectations
      beyond * expectations
      better than expected|ever|before|i|we|in|the|most|any
      save|saves|saved me|us * hours|time|money|minutes
      free dessert|drink|drinks|upgrade|gift|refill|refills
      a free dessert|drink|drinks|upgrade|gift|refill|refills
      told|tell * friends|everyone|everybody about
      beat my|our|the record
      no regrets
      days|weeks|hours|day|week|hour early
      ahead of schedule|time`,
  },
  {
    value: 1.5,
    emotion: null,
    phrases: `
      no|zero|without|any problem|problems|issues|issue|trouble|bugs|complaints|hassle|fuss|delays|flaws|errors|crashes
      no|zero|without problem|problems|issues|issue|trouble|bugs|complaints|complaint|hassle|fuss|delays|flaws|errors|crashes|faults|questions
      never|hasn't|haven't|without had|have a|any|single problem|problems|issue|issues|complaint
      never|haven't had|have|seen a|any|one single problem|issue|complaint|fault
      not a single|one problem|issue|bug|complaint|flaw|fault|crash
      not|isn't|wasn't|aren't|ain't bad|half
      not|isn't|wasn't too bad|shabby|long|expensive|hard|difficult|loud|spicy
      not at all bad
      on time
      in time
      up to date
      up and running
      safe and sound
      got better
      getting|gets|get|got|doing|feel|feeling|feels much|a|so|lot|way better
      getting|gets|get|got|doing|feel|feeling|feels better
      still going strong
      still runs|works|looks|working|going
      pain * gone
      give it a try
      cheer * up
      happy to|with
      all set
      hooked on|from
      was|got|am|i'm|were hooked
      sorted|sort|sorting everything|it|this|that|all out
      sorted * out
      for the win
      ftw
      nothing|nothing's to dislike|complain|fault
      ordered|bought|buy|ordering|buying another|more
      ordered|bought|buy|ordering|buying my|our|a second|third|fourth
      already ordered|bought
      put|puts a smile
      down to earth
      state of the art
      easy on the
      so far so good
      looks|look|looking good|great|nice|amazing
      sounds|sound good|great|nice|amazing
      makes sense
      make|made sense
      hold|holds|held up well
      as described|advertised|expected|promised
      it's|it a deal
      put me at ease
      feel|feels|felt at home
      come|comes|came in handy
      thank god|goodness|heavens
      no worries|wonder
      don't worry|hesitate`,
  },
  {
    value: 2.5,
    emotion: 'GRATITUDE',
    phrases: `
      thank you so|very much
      thank you
      thanks a lot|million|ton|bunch
      many thanks
      thanks so|very much
      much appreciated
      really|truly|greatly appreciate|appreciated
      owe you one
      life saver
      you|you're a|an * lifesaver|legend|star|angel|hero`,
  },
  {
    value: 2,
    emotion: null,
    phrases: `
      must have|see|read|try
      a must
      check it out
      {never} ceases|ceased|cease|fails|failed|fail to amaze|impress|please|surprise|delight
      nothing short of
      can't|couldn't|cannot|cant|nothing|nobody beat|beats
      {will} not|never be sorry|disappointed|regret
      {wont} be sorry|disappointed
      {wont} regret
      {wont} forget
      worth your|the|a|my time|money|watching|price|visit|trip|wait|read|look|detour|drive
      8|9|10|eight|nine|ten out of 10|ten
      8/10
      9/10
      give|giving it|this|them|him|her a try|go|chance|shot|look
      go and see|watch|try|visit it|this|them
      would|i'd|will|we'll|i'll recommend|order|buy another|it|this|them
      definitely|certainly|surely|gladly|happily * back|again|return
      deeply|very|so|truly|most moving
      place to go|be|eat|stay
      can't|couldn't|cannot|cant|no|never fault|faults
      without effort|trouble|problems|complaint|complaints
      no hidden|extra|additional fees|costs|charges
      no surprises
      never|not felt|been|seen|had so welcome|happy|good|safe|well|comfortable|relaxed
      never felt better
      hasn't|haven't|never let me|us down
      {be} back to normal
      in good|safe|great|excellent|the|best hands|condition|shape
      good|great|better|best|nice|lovely|fine|fantastic value
      second home
      exactly|just the * i|we wanted|needed|hoped
      nothing|nobody could|can|will spoil|ruin|stop
      built to last
      went|goes|going|go really|so|very|pretty|quite well|smoothly|great
      went|goes|going well|smoothly|great|perfectly
      expecting a baby
      on the mend
      full of life|flavour|flavor|joy|love|fun`,
  },
  {
    value: 1.5,
    emotion: null,
    phrases: `
      i|we|you|they|really|do|did|to|actually|also|all|always|people|who|would|will like|liked it|this|that|these|those|them|him|her|you|how|the|my|your|our|their|his|what|a|to
      i|we|they|really|also|always|actually like|liked
      {be} a steal
      a dream
      care about you|me|us|people|their|his|her
      well cared for`,
  },
];
