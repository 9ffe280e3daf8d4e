// `npm run test:fault`: what is killed, cut, filled and torn hundreds of times. Takes minutes, so it is no part of `npm test`;
// `npm run test:fault -- kill` runs the files whose names hold that word.
import { runSlowSuite } from "./slow-suite.ts";

process.exitCode = await runSlowSuite({
  folder: "fault",
  ending: ".fault.ts",
  words: process.argv.slice(2),
});
