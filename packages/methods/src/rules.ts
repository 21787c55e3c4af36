// Rules and locks: which widths a layer may get, whatever they cost. Data and a filter; the costs are items.ts.

/** What a rule is about. All that are given must hold. */
export interface Where {
  /** The first, or the last, of the items with the same target. */
  readonly place?: "first" | "last";
  readonly op?: string;
  /** Matched anywhere in the id. */
  readonly id?: RegExp;
  readonly target?: string;
}

export interface Rule {
  readonly where: Where;
  /** Fewest and most bits, both allowed. */
  readonly least?: number;
  readonly most?: number;
  /** The one option that is left, by its key. */
  readonly only?: string;
}

/** What of an item rules look at. */
export interface Ruled {
  readonly id: string;
  readonly target: string;
  readonly op: string;
}

export interface Optional {
  readonly key: string;
  readonly bits: number;
}

/**
 * The options of every item that the rules leave.
 * @throws one sentence where a rule leaves an item nothing, or is about nothing
 */
export function ruled<T extends Ruled & { readonly options: readonly Optional[] }>(
  items: readonly T[],
  rules: readonly Rule[],
): T[] {
  let left = [...items];
  for (const rule of rules) {
    const about = new Set(concerned(rule, left));
    if (about.size === 0) throw new Error(`rule ${ruleText(rule)}: about no layer, expected at least one`);
    left = left.map((item) => {
      if (!about.has(item)) return item;
      const options = item.options.filter((option) => allows(rule, option));
      if (options.length === 0) {
        const had = item.options.map((option) => option.key).join(", ");
        throw new Error(`rule ${ruleText(rule)}: leaves ${item.id} nothing, expected some of ${had}`);
      }
      return { ...item, options };
    });
  }
  return left;
}

/** The items that a rule is about. */
export function concerned<T extends Ruled>({ where }: Pick<Rule, "where">, items: readonly T[]): T[] {
  return items.filter((item, i) => holds(where, item, i, items));
}

function holds({ place, op, id, target }: Where, item: Ruled, at: number, items: readonly Ruled[]): boolean {
  if (target !== undefined && item.target !== target) return false;
  if (op !== undefined && item.op !== op) return false;
  if (id && !id.test(item.id)) return false;
  if (place === undefined) return true;
  const same = (other: Ruled) => other.target === item.target;
  const end = place === "first" ? items.findIndex(same) : items.findLastIndex(same);
  return end === at;
}

function allows({ least, most, only }: Rule, { key, bits }: Optional): boolean {
  if (only !== undefined && key !== only) return false;
  return bits >= (least ?? Number.NEGATIVE_INFINITY) && bits <= (most ?? Number.POSITIVE_INFINITY);
}

/** A rule as the command line takes it: `first>=8`, `op:Gemm=8`, `/down/<=4`. */
export function ruleText({ where, least, most, only }: Rule): string {
  const { place, op, id, target } = where;
  const subject = place ?? (op !== undefined ? `op:${op}` : id ? `/${id.source}/` : "all");
  const ends = [
    least !== undefined && `>=${least}`,
    most !== undefined && `<=${most}`,
    only !== undefined && `=${only}`,
  ];
  return `${target !== undefined ? `${target} ` : ""}${subject}${ends.filter((end) => end !== false).join("")}`;
}

/** Reads `SUBJECT>=N`, `SUBJECT<=N` or `SUBJECT=KEY`; subjects are first, last, op:TYPE and /REGEX/. */
export function parseRule(text: string): Rule {
  const found = /^(weight |activation )?(first|last|all|op:[\w.]+|\/.+\/)(>=|<=|=)(\w[\w.(),]*)$/.exec(
    text.trim(),
  );
  const [, target, subject = "", sign, value = ""] = found ?? [];
  const bits = Number(value);
  if (!found || (sign !== "=" && !(bits > 0)))
    throw new Error(`rule: "${text}", expected first, last, op:TYPE or /REGEX/, then >=N, <=N or =N`);
  const where: Where = {
    ...(target && { target: target.trim() }),
    ...(subject === "first" || subject === "last" ? { place: subject } : {}),
    ...(subject.startsWith("op:") && { op: subject.slice(3) }),
    ...(subject.startsWith("/") && { id: regexOf(subject.slice(1, -1)) }),
  };
  if (sign === "=") return { where, only: value };
  return sign === ">=" ? { where, least: bits } : { where, most: bits };
}

function regexOf(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new Error(`rule: /${source}/, expected a regular expression`);
  }
}
