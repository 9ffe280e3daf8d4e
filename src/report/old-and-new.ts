// Two values beside each other, as short as they can be with the difference still in sight. Cut at its end, as other long
// text is, a mesh of a thousand numbers would be shown twice with the one that changed in neither.

import { numbered, visible } from "./printable.ts";

/** `0.2 → 0.1`, `[1, 2, …, 40, 41 → …`: at most some 60 characters of each. Null where there is no such value. */
export function oldToNew(old: string | null, now: string | null): string {
  if (old === null && now === null) return "unknown";
  if (old === null) return `added: ${oneValue(now ?? "")}`;
  if (now === null) return `removed (was ${oneValue(old)})`;
  const [before, after] = pair(old, now);
  return `${before} → ${after}`;
}

/** One value: its beginning and its end. */
export function oneValue(text: string): string {
  if (text.length <= whole) return visible(text);
  return `${visible(head(text, whole - tailLength))}…${visible(tail(text, tailLength))}`;
}

/** Values up to this length are shown whole. */
const whole = 60;
const tailLength = 16;
/** How much is kept before the first difference and behind the last one, and of what lies between at either end. */
const around = 12;
const inside = 18;

function pair(old: string, now: string): readonly [string, string] {
  const show = looksSame(old, now) ? numbered : visible;
  if (old.length <= whole && now.length <= whole) return [show(old), show(now)];
  const before = sameStart(old, now);
  const behind = sameEnd(old, now, Math.min(old.length, now.length) - before);
  const cut = (text: string): string => {
    const lead = text.slice(0, before);
    const middle = text.slice(before, text.length - behind);
    const rest = text.slice(text.length - behind);
    const kept = middle.length <= 2 * inside + 1 ? show(middle) : ends(middle, show);
    const from = lead.length <= around ? show(lead) : `…${show(tail(lead, around))}`;
    const to = rest.length <= around ? show(rest) : `${show(head(rest, around))}…`;
    return `${from}${kept}${to}`;
  };
  return [cut(old), cut(now)];
}

const ends = (text: string, show: (text: string) => string): string =>
  `${show(head(text, inside))}…${show(tail(text, inside))}`;

function sameStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return splitsPair(a, at) || splitsPair(b, at) ? at - 1 : at;
}

function sameEnd(a: string, b: string, most: number): number {
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return splitsPair(a, a.length - length) || splitsPair(b, b.length - length) ? length - 1 : length;
}

const head = (text: string, length: number): string =>
  text.slice(0, splitsPair(text, length) ? length - 1 : length);
const tail = (text: string, length: number): string => {
  const at = text.length - length;
  return text.slice(splitsPair(text, at) ? at + 1 : at);
};

/** Whether a cut there would leave two halves of one character. */
function splitsPair(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Accents written in two ways, invisible characters, kinds of spaces. */
function looksSame(a: string, b: string): boolean {
  if (/^[\x20-\x7e]*$/.test(a) && /^[\x20-\x7e]*$/.test(b)) return false;
  const seen = (text: string) =>
    text
      .normalize("NFKC")
      .replace(/[\p{Cf}\p{Cc}\p{Mn}]/gu, "")
      .replace(/\p{Zs}/gu, " ");
  return seen(a) === seen(b);
}
