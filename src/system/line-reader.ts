// Lines out of a stream that arrives in pieces. One piece is read ahead and no more: a program that floods us is held
// back by the pipe instead of filling our memory, and what came without being asked for is seen before the next question.

export type NextLine =
  | { readonly kind: "line"; readonly text: string }
  /** `rest`: what came behind the last newline. */
  | { readonly kind: "end"; readonly rest: string }
  | { readonly kind: "too-long"; readonly beginning: string };

export interface LineReader {
  next(): Promise<NextLine>;
  /** What has arrived and was not asked for; empty where all is in order. */
  unasked(): string;
}

export function readLines(stream: ReadableStream<Uint8Array>, mostBytes: number): LineReader {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  let hasNewline = false;
  let ended = false;
  let piece = readPiece();

  async function readPiece(): Promise<void> {
    try {
      const { done, value } = await reader.read();
      if (done) ended = true;
      else keep(decoder.decode(value, { stream: true }));
    } catch {
      // A broken pipe is the end of it; why it broke is seen from how the process ended.
      ended = true;
    }
  }
  function keep(text: string): void {
    parts.push(text);
    length += text.length;
    hasNewline ||= text.includes("\n");
  }
  function whole(): string {
    const text = parts.join("");
    parts = [text];
    return text;
  }

  return {
    next: async () => {
      for (;;) {
        if (hasNewline) {
          const text = whole();
          const at = text.indexOf("\n");
          const rest = text.slice(at + 1);
          parts = rest === "" ? [] : [rest];
          length = rest.length;
          hasNewline = rest.includes("\n");
          return { kind: "line", text: text.slice(0, at).replace(/\r$/, "") };
        }
        if (ended) return { kind: "end", rest: whole() };
        if (length > mostBytes) return { kind: "too-long", beginning: whole().slice(0, 1000) };
        await piece;
        if (!ended) piece = readPiece();
      }
    },
    unasked: () => whole(),
  };
}
