import type { Emotion } from '../../base/sentiment.ts';

/** What a face, an emoji or an emoticon, says. */
export interface FaceValue {
  readonly value: number;
  readonly emotion: Emotion | null;
}

interface FaceGroup extends FaceValue {
  /** Separated by spaces. */
  readonly faces: string;
}

const emojiGroups: readonly FaceGroup[] = [
  { value: 2.6, emotion: 'JOY', faces: '😍 🥰 🤩 🥳 😻 💖 💝 💗 💓 💕 💞 💘 ❤ ♥ 🧡 💛 💚 💙 💜 🤎 🖤 🤍 🎉 🎊 🏆 🥇 💯 😇 💐 🫶' },
  { value: 2.1, emotion: 'JOY', faces: '😀 😃 😄 😁 😆 😂 🤣 😊 😋 😎 🤗 😸 😹 😺 😽 💍 🙌 👏 💪 🤘 ✨ 🌟 ⭐ 🔥 🎁 🎂 🍾 🥂 🌈 🦄 😘 😗 😙 😚 🤭 🥹 🪅 🤟' },
  { value: 1.6, emotion: null, faces: '🙂 ☺ 😌 😉 😏 👍 👌 ✌ 🤞 ✅ ✔ 🤙 🤝 🫡 ☀ 🌞 🌻 🌹 🌸 🌺 🍀 💃 🕺 😜 😝 😛 🤪' },
  { value: 2.2, emotion: 'GRATITUDE', faces: '🙏' },
  { value: 0.6, emotion: 'SURPRISE', faces: '😮 😯 😲 🤯' },
  { value: -2.6, emotion: 'ANGER', faces: '😡 😠 🤬 👿 😾 💢 🖕 😤' },
  { value: -2.3, emotion: 'SADNESS', faces: '😭 😢 😞 😔 😟 ☹ 🙁 💔 😥 😿 🥺 😪 😓' },
  { value: -2.2, emotion: 'FRUSTRATION', faces: '😩 😫 😖 😣 🙄 😒 🤦 🥵 👎 😑 🥱 ❌ 🤷' },
  { value: -2, emotion: 'FEAR', faces: '😱 😨 😰 😧 😦 🙀 😳 😬 ⚠' },
  { value: -2.4, emotion: 'DISGUST', faces: '🤮 🤢 💩 🤧' },
  { value: -1.9, emotion: null, faces: '🤒 🤕 😷 ☠ 💀 🤡 ⚰ 🥴' },
  { value: -1.4, emotion: 'CONFUSION', faces: '😕 🫤 😵' },
];

const emoticonGroups: readonly FaceGroup[] = [
  { value: 2.1, emotion: 'JOY', faces: `:-D :D =D xD XD :') <3 ^_^ ^^ :-)) :)) (^_^) \\o/ :-* :*` },
  { value: 1.8, emotion: 'JOY', faces: ':-) :) =) (: ;-) ;) :-] :] ;D :-P :P :p' },
  { value: -2.4, emotion: 'SADNESS', faces: `:'-( :'( ;_; T_T D: </3 :-(( :((` },
  { value: -2, emotion: 'SADNESS', faces: ':-( :( =( ): :-[ :[ :c' },
  { value: -2.3, emotion: 'ANGER', faces: '>:( >:-( >.< >_<' },
  { value: -1.5, emotion: 'FRUSTRATION', faces: ':-/ :/ :-\\ :\\ =/ -_- :-| :|' },
  { value: -0.8, emotion: 'CONFUSION', faces: 'o_O O_o o.O' },
];

/** Emoji by their first code point. */
export const emojiValues: ReadonlyMap<string, FaceValue> = new Map(
  emojiGroups.flatMap(({ value, emotion, faces }) => faces.split(' ').map((face) => [face, { value, emotion }] as const)),
);

/** Emoticons, the longest first. */
export const emoticons: readonly (readonly [string, FaceValue])[] = emoticonGroups
  .flatMap(({ value, emotion, faces }) => faces.split(' ').map((face) => [face, { value, emotion }] as const))
  .toSorted(([left], [right]) => right.length - left.length);
