// Where the statements of a bundle begin and end, found without parsing it: a parser takes half a second for two megabytes
// of somebody's library, of which a block may use one function. Only what the bundler prints is understood: a statement
// of the top level begins in column 0 and nothing else does, except inside a template, a comment or an `else`.

/** One statement of the top level, or several that stand on one line. */
export interface Chunk {
  readonly text: string;
  /** The file that it came from, as the bundler's heading names it; null before the first heading. */
  readonly file: string | null;
  /** Whether a comma stands outside of all brackets: `var a = 1, b = 2`. */
  readonly commas: boolean;
}

/** Null where the text is not as the bundler prints it. */
export function chunksOf(bundle: string): readonly Chunk[] | null {
  try {
    return new Splitter(bundle).chunks();
  } catch (error) {
    if (error instanceof NotPrinted) return null;
    throw error;
  }
}

class NotPrinted extends Error {}

const code = (character: string): number => character.charCodeAt(0);
const [newline, slash, star, backslash, dollar] = ["\n", "/", "*", "\\", "$"].map(code);
const [quote, apostrophe, backtick, comma] = ['"', "'", "`", ","].map(code);
const [openRound, closeRound, openCurly, closeCurly] = ["(", ")", "{", "}"].map(code);
const [openSquare, closeSquare, plus, minus, dot] = ["[", "]", "+", "-", "."].map(code);

/** Behind these a `/` begins a regular expression, though they look like a value. */
const beforeExpression =
  /^(?:return|typeof|case|in|of|delete|void|do|else|instanceof|new|throw|yield|await|extends|default)$/;

const continues = /^(?:else|catch|finally)\b/;

class Splitter {
  readonly #text: string;
  readonly #found: Chunk[] = [];
  #at = 0;
  /** Of the last character that was neither a space nor in a comment. */
  #last = -1;
  #begin = -1;
  #file: string | null = null;
  #commas = false;
  /** One for each open bracket: what stands behind it when it closes. */
  readonly #open: ("plain" | "head" | "template")[] = [];
  #closedHead = false;

  constructor(text: string) {
    this.#text = text;
  }

  chunks(): readonly Chunk[] {
    const { length } = this.#text;
    for (; this.#at < length; this.#at++) this.#step(this.#text.charCodeAt(this.#at));
    if (this.#open.length > 0) throw new NotPrinted();
    this.#end();
    return this.#found;
  }

  #step(character: number): void {
    if (character === newline) this.#line();
    if (character <= 32) return;
    if (character === slash && this.#comment()) return;
    if (this.#begin < 0) this.#begin = this.#at;
    const before = this.#last;
    this.#last = this.#at;
    switch (character) {
      case quote:
      case apostrophe:
        this.#quoted(character);
        return;
      case backtick:
        this.#template();
        return;
      case openRound:
        this.#open.push(this.#isHead(before) ? "head" : "plain");
        return;
      case openSquare:
      case openCurly:
        this.#open.push("plain");
        return;
      case closeRound:
      case closeSquare:
      case closeCurly:
        this.#close();
        return;
      case comma:
        if (this.#open.length === 0) this.#commas = true;
        return;
      case slash:
        if (!this.#isDivision(before)) this.#pattern();
        return;
    }
  }

  #line(): void {
    if (this.#open.length > 0 || this.#begin < 0) return;
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next <= 32 || next === closeCurly || next === closeRound || next === closeSquare) return;
    const following = this.#text.slice(this.#at + 1, this.#at + 10);
    if (continues.test(following)) return;
    if (/^while\b/.test(following) && /^do\b/.test(this.#text.slice(this.#begin, this.#begin + 3))) return;
    this.#end();
  }

  #end(): void {
    if (this.#begin >= 0) {
      const text = this.#text.slice(this.#begin, this.#last + 1);
      this.#found.push({ text, file: this.#file, commas: this.#commas });
    }
    this.#begin = -1;
    this.#commas = false;
  }

  /** Steps over a comment; one that stands alone in column 0 names the file that follows. */
  #comment(): boolean {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === slash) {
      const end = this.#text.indexOf("\n", this.#at);
      const comment = this.#text.slice(this.#at, end < 0 ? undefined : end);
      const column0 = this.#at === 0 || this.#text.charCodeAt(this.#at - 1) === newline;
      if (column0 && this.#open.length === 0 && /^\/\/ [^@!#]/.test(comment)) {
        this.#end();
        this.#file = comment.slice(3);
      }
      this.#at += comment.length - 1;
      return true;
    }
    if (next !== star) return false;
    const end = this.#text.indexOf("*/", this.#at + 2);
    if (end < 0) throw new NotPrinted();
    this.#at = end + 1;
    return true;
  }

  #quoted(mark: number): void {
    for (this.#at++; ; this.#at++) {
      const character = this.#text.charCodeAt(this.#at);
      if (character === backslash) this.#at++;
      else if (character === mark) break;
      else if (character === newline || Number.isNaN(character)) throw new NotPrinted();
    }
    this.#last = this.#at;
  }

  /** To its end, or to the `${` behind which code follows. */
  #template(): void {
    for (this.#at++; ; this.#at++) {
      const character = this.#text.charCodeAt(this.#at);
      if (character === backslash) this.#at++;
      else if (character === backtick) break;
      else if (character === dollar && this.#text.charCodeAt(this.#at + 1) === openCurly) {
        this.#at++;
        this.#open.push("template");
        break;
      } else if (Number.isNaN(character)) throw new NotPrinted();
    }
    this.#last = this.#at;
  }

  #close(): void {
    const opened = this.#open.pop();
    if (opened === undefined) throw new NotPrinted();
    this.#closedHead = opened === "head";
    if (opened === "template") this.#template();
  }

  #pattern(): void {
    let inClass = false;
    for (this.#at++; ; this.#at++) {
      const character = this.#text.charCodeAt(this.#at);
      if (character === backslash) this.#at++;
      else if (character === openSquare) inClass = true;
      else if (character === closeSquare) inClass = false;
      else if (character === slash && !inClass) break;
      else if (character === newline || Number.isNaN(character)) throw new NotPrinted();
    }
    this.#last = this.#at;
  }

  /** Of `if (…)`: a regular expression may follow, where behind any other `)` a `/` divides. */
  #isHead(before: number): boolean {
    const word = this.#wordAt(before);
    return word === "if" || word === "while" || word === "for";
  }

  #isDivision(before: number): boolean {
    const character = before < 0 ? Number.NaN : this.#text.charCodeAt(before);
    if (character === closeRound) return !this.#closedHead;
    if (character === closeCurly) return !this.#text.slice(before, this.#at).includes("\n");
    if (character === closeSquare || character === quote || character === apostrophe) return true;
    if (character === backtick || character === slash) return true;
    // `a++ / 2`
    if (character === plus || character === minus) return this.#text.charCodeAt(before - 1) === character;
    const word = this.#wordAt(before);
    return word !== "" && !beforeExpression.test(word);
  }

  /** The word that ends there; "." before the name of a member, which may be any word. */
  #wordAt(end: number): string {
    let begin = end;
    while (begin >= 0 && isWord(this.#text.charCodeAt(begin))) begin--;
    const word = this.#text.slice(begin + 1, end + 1);
    return word !== "" && this.#text.charCodeAt(begin) === dot ? `.${word}` : word;
  }
}

const isWord = (character: number): boolean =>
  character >= 128 || character === dollar || /\w/.test(String.fromCharCode(character)) || character === 35;
