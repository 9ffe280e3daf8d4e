// `npm run generate`: src/generated/ alone, for whoever runs single tests from source in a fresh checkout.
import { generate } from "./embed.ts";

generate();
