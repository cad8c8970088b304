/**
 * Translates a validation rule of a CRD, in CEL, to a JavaScript expression over `self`. A part of CEL that it does not
 * know is an error, so that no rule is lost. A missing field, which is an error in CEL, gives false or throws.
 * https://kubernetes.io/docs/reference/using-api/cel/
 */
export function toJavaScript(rule: string): string {
  const cursor = { tokens: tokensOf(rule), at: 0 };
  const translated = expression(cursor);
  expect(cursor, END);
  return translated;
}

const TOKEN = /\s+|[A-Za-z_]\w*|\d+|'(?:[^'\\]|\\.)*'|&&|\|\||[=!<>]=|[()[\]{},.:?!<>+-]|(.)/gy;

function tokensOf(rule: string): string[] {
  return [...rule.matchAll(TOKEN)].flatMap(([token, unknown]) => {
    if (unknown !== undefined) throw new Error(`Unknown part of CEL at ${unknown} in ${rule}`);
    return token.trim() === "" ? [] : [token];
  });
}

/** Binary operators in CEL and in JavaScript, from the weakest. `in` has a function. */
const OPERATORS: Readonly<Record<string, string>>[] = [
  { "||": "||" },
  { "&&": "&&" },
  { "==": "===", "!=": "!==", "<": "<", "<=": "<=", ">": ">", ">=": ">=", in: "in" },
  { "+": "+", "-": "-" },
];

/** Functions of CEL that are methods in JavaScript. */
const METHODS: Readonly<Record<string, string>> = {
  contains: "includes",
  startsWith: "startsWith",
  endsWith: "endsWith",
  indexOf: "indexOf",
  lastIndexOf: "lastIndexOf",
  lowerAscii: "toLowerCase",
  getHours: "getUTCHours",
  getMinutes: "getUTCMinutes",
  getSeconds: "getUTCSeconds",
  getMilliseconds: "getUTCMilliseconds",
};

/** Macros over the items of a list or the keys of a map: the text before and after the condition. */
const MACROS: Readonly<Record<string, readonly [method: string, after: string]>> = {
  all: ["every", ""],
  exists: ["some", ""],
  exists_one: ["filter", ".length === 1"],
};

interface Cursor {
  tokens: readonly string[];
  at: number;
}

const END = "";

function expression(cursor: Cursor): string {
  const condition = binary(cursor, 0);
  if (!accepts(cursor, "?")) return condition;
  const then = expression(cursor);
  expect(cursor, ":");
  return `(${condition} ? ${then} : ${expression(cursor)})`;
}

function expect(cursor: Cursor, token: string): void {
  if (!accepts(cursor, token))
    throw new Error(`'${token}' expected at '${cursor.tokens[cursor.at]}' in ${cursor.tokens.join(" ")}`);
}

function accepts(cursor: Cursor, token: string): boolean {
  const isNext = (cursor.tokens[cursor.at] ?? END) === token;
  if (isNext) cursor.at += 1;
  return isNext;
}

function next(cursor: Cursor): string {
  cursor.at += 1;
  return cursor.tokens[cursor.at - 1] ?? END;
}

function binary(cursor: Cursor, level: number): string {
  const operators = OPERATORS[level];
  if (operators === undefined) return unary(cursor);
  let left = binary(cursor, level + 1);
  for (;;) {
    const operator = operators[cursor.tokens[cursor.at] ?? END];
    if (operator === undefined) return left;
    cursor.at += 1;
    const right = binary(cursor, level + 1);
    left = operator === "in" ? `items(${right}).includes(${left})` : `(${left} ${operator} ${right})`;
  }
}

function unary(cursor: Cursor): string {
  if (accepts(cursor, "!")) return `!${unary(cursor)}`;
  if (accepts(cursor, "-")) return `-${unary(cursor)}`;
  let value = primary(cursor);
  for (;;) {
    if (accepts(cursor, ".")) value = member(cursor, value);
    else if (accepts(cursor, "[")) value = `${value}[${list(cursor, "]").join(", ")}]`;
    else return value;
  }
}

function primary(cursor: Cursor): string {
  const token = next(cursor);
  if (token === "(") {
    const inner = expression(cursor);
    expect(cursor, ")");
    return `(${inner})`;
  }
  if (token === "[") return `[${list(cursor, "]").join(", ")}]`;
  if (token === "{") return map(cursor);
  if (token.startsWith("'")) return JSON.stringify(unquoted(token));
  if (/^(\d+|true|false|null)$/.test(token)) return token;
  if (!/^[a-z_]/i.test(token)) throw new Error(`Unexpected '${token}' in ${cursor.tokens.join(" ")}`);
  return accepts(cursor, "(") ? call(cursor, token) : token;
}

function call(cursor: Cursor, name: string): string {
  const [argument = "", ...more] = list(cursor, ")");
  if (more.length === 0 && name === "has") return `(${argument} !== undefined)`;
  throw new Error(`Unknown function of CEL: ${name}`);
}

function member(cursor: Cursor, value: string): string {
  const name = next(cursor);
  if (!accepts(cursor, "(")) return `${value}.${name}`;
  const macro = MACROS[name];
  if (macro !== undefined) {
    const variable = next(cursor);
    expect(cursor, ",");
    const condition = expression(cursor);
    expect(cursor, ")");
    return `(items(${value}).${macro[0]}((${variable}: any) => ${condition})${macro[1]})`;
  }
  const parts = list(cursor, ")");
  if (name === "size") return `size(${value})`;
  if (name === "matches") return `${regularExpression(JSON.parse(parts[0] ?? "") as string)}.test(${value})`;
  if (METHODS[name] === undefined) throw new Error(`Unknown function of CEL: ${name}`);
  return `${value}.${METHODS[name]}(${parts.join(", ")})`;
}

function list(cursor: Cursor, end: string): string[] {
  const parts: string[] = [];
  while (!accepts(cursor, end)) {
    parts.push(expression(cursor));
    if (accepts(cursor, ",")) continue;
    expect(cursor, end);
    break;
  }
  return parts;
}

function map(cursor: Cursor): string {
  const entries: string[] = [];
  while (!accepts(cursor, "}")) {
    const key = expression(cursor);
    expect(cursor, ":");
    entries.push(`${key}: ${expression(cursor)}`);
    accepts(cursor, ",");
  }
  return `({ ${entries.join(", ")} } as any)`;
}

/** The escapes that the CRDs use. */
function unquoted(token: string): string {
  return token.slice(1, -1).replace(/\\(.)/g, (_all, escaped: string) => {
    if (!/[\\'"]/.test(escaped)) throw new Error(`Unknown escape in ${token}`);
    return escaped;
  });
}

/** The JavaScript literal of a regular expression of RE2, in which `.` excludes only the line feed. */
export function regularExpression(pattern: string): string {
  let isClass = false;
  const text = pattern.replace(/\\.|[[\].]/gu, (part) => {
    if (part === "." && !isClass) return "[^\\n]";
    if (part === "[") isClass = true;
    if (part === "]") isClass = false;
    return part;
  });
  return String(new RegExp(text, "u"));
}
