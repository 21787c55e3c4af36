// Names of dimensions that are sums and products of others ("past_sequence_length + 1", "2*s0"), as exporters
// write them. A small calculator; anything it cannot read is a plain name.

const TOKEN = /\s*(\d+|[A-Za-z_]\w*|\/\/|[-+*/()])/y;

/** The value of an expression, or undefined where it is none or `lookup` lacks a name. */
export function evaluate(text: string, lookup: (name: string) => number | undefined): number | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  let at = 0;
  const primary = (): number => {
    const token = tokens[at++];
    if (token === undefined) return Number.NaN;
    if (token === "(") {
      const inside = sum();
      return tokens[at++] === ")" ? inside : Number.NaN;
    }
    return /^\d/.test(token) ? Number(token) : (lookup(token) ?? Number.NaN);
  };
  const term = (): number => {
    let value = primary();
    for (let sign = tokens[at]; sign === "*" || sign === "/" || sign === "//"; sign = tokens[at]) {
      at++;
      value = sign === "*" ? value * primary() : Math.floor(value / primary());
    }
    return value;
  };
  const sum = (): number => {
    let value = term();
    for (let sign = tokens[at]; sign === "+" || sign === "-"; sign = tokens[at]) {
      at++;
      value = sign === "+" ? value + term() : value - term();
    }
    return value;
  };
  const value = sum();
  return at === tokens.length && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    tokens.push(match[1] as string);
  }
  return tokens;
}
