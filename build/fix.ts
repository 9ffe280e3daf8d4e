// `npm run fix`: formatting and what lint can repair safely.
import { fixStyle } from "./checks.ts";

process.exitCode = await fixStyle();
