// A recipe's arithmetic as JSON. Apart from arithmetic.ts so that what only runs recipes does not load the schema's library.

import * as z from "zod";
import { type Arithmetic, integerOperators } from "./arithmetic.ts";

export const arithmeticSchema = z.strictObject({
  kind: z.literal("integer"),
  operators: z.enum(integerOperators).optional(),
  multiplierBits: z.int().min(2).max(31).optional(),
  allowFloat: z.boolean().optional(),
}) satisfies z.ZodType<Arithmetic>;
