// `npm run check`: types and style alone, in a few seconds.
import { checkStyle, checkTypes } from "./checks.ts";
import { generate } from "./embed.ts";

generate();
const statuses = [await checkTypes(), await checkStyle()];
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1;
