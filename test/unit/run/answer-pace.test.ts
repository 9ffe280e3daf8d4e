import { expect, test } from "bun:test";
import { AnswerPace } from "../../../src/run/answer-pace.ts";

/** What is wanted after these looks at a thousand files each, in milliseconds. */
function after(...milliseconds: readonly number[]) {
  const pace = new AnswerPace();
  for (const one of milliseconds) pace.took(one / 1000, 1000);
  return { ahead: pace.wantsAhead, known: pace.isKnown };
}

test("a disk of this machine is never asked ahead", () => {
  expect(after()).toEqual({ ahead: false, known: false });
  expect(after(20)).toEqual({ ahead: false, known: true });
});

test("a slow server is asked ahead, as long as that helps", () => {
  expect(after(3000)).toEqual({ ahead: true, known: false });
  expect(after(3000, 400)).toEqual({ ahead: true, known: true });
  expect(after(3000, 3100)).toEqual({ ahead: false, known: true });
});
