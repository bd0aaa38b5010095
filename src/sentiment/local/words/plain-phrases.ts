import type { PhraseGroup } from '../phrases.ts';

/** Phrases that say nothing, though their words would. */
export const plainPhrases: readonly PhraseGroup[] = [
  {
    value: 0,
    emotion: null,
    phrases: `
      best|kind|warm|kindest|warmest regards|wishes
      best|kind|warm|kindest regards
      great britain
      thanks|thank to the|this|that|a
      like i|you|we said
      error|errors code|codes|message|messages|handling|log|rate|bars|correction
      bug report|reports|tracker
      loss function|functions|rate
      critical path|section|thinking
      side effect|effects
      fine tune|tuned|tuning
      fine-tune|fine-tuned|fine-tuning
      kill the process
      kill -9
      super class|keyword|user|market|bowl
      the super keyword
      fair value|use
      free parking|software|shipping|trial|version|tier|fall|energy|throw|speech|will|agent
      free trial|version|tier|fall|throw|will|agent|agents|kick|speech
      first|second|third|world|civil|cold war
      world wars
      war memorial|museum|memorials|movie
      worth of
      health insurance|care|service|department|minister
      health and safety
      social security
      security guard|update|question|council
      social|hard|blind|double|first date
      smart phone|tv|watch|card|home|meter
      trust fund
      to be fair|honest|clear
      pretty much|close|sure|far|short|big|small|old|new|quick|late|early|soon|often|long|high|low|low|tall|heavy|light|common|similar|simple|standard
      i|you|we|they|it|that|do|does|to mean|meant
      works|work|worked|working as|in|for|at|with|on|from|out|until
      function|two|three|optional|keyword|named|no argument|arguments
      takes|take * argument|arguments
      without a|any doubt
      no doubt
      the|this|that|any|some|every|what|some|a kind
      would|i'd|we'd|you'd|'d|i'll you|they like|liked to
      would you like to|a|an|the
      tears of joy
      {not} expect|expected
      the|a|each|every|of patient|patients
      gift shop|card|wrap
      called|named joy|hope|faith|grace|happy|sunny|love|angel|victor
      as well as
      as well
      might as well
      of interest
      interest rate|rates
      alarm clock|clocks
      cancer cell|cells|research
      heart attack
      fire truck|alarm|department|drill|fighter|extinguisher|station|place
      positive|negative sample|samples|number|numbers|integer|integers|value|values|class|classes|feedback|test|tests|charge|charged
      false positive|negative|positives|negatives
      must|should|can|may|cannot not be negative|positive|null|empty
      must not be negative|positive
      be negative|positive
      good morning|afternoon|evening|friday|night
      good friday|morning|afternoon|evening
      hard drive|disk|copy|coded|boiled|hat
      hot dog|dogs
      sort of
      kind of
      kinds of
      would like|love to
      would|i'd|we'd|you'd|'d|i'll like to|a|an|the
      would you like
      do|does|did you|it|they|he|she|this|that like
      looks|look|looked|feels|feel|sounds|sound|seems|something|just|more|is|it|exactly|stuff|things|people|places|be like
      like a|an|the|this|that|these|those|my|so|it
      don't|dont know
      no idea
      need help
      need|want|needs your|some help
      can|could you help
      help me|us
      please help
      play|plays|playing|played|won|win|lost|lose against|at
      game|games over
      first class mail
      please
      quick start|fix|question|reference|look
      well known
      oh well
      well
      care of
      take care of
      drop down|off|box
      dead line|end|lock
      time out
      break|breaks|lunch time
      lunch|coffee|spring|summer|christmas|tea|page|line|commercial break
      battle of
      star wars
      bring|brought|come|came out|up
      united states|kingdom|nations|airlines|arab
      man|manchester|newcastle|west|leeds united
      win|wins|winning|won the|a|an|by`,
  },
];
