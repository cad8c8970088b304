import { parseAddress, type ListenAddress } from "../observability/address.ts";
import { LOG_LEVELS, type LogLevel } from "../observability/logging.ts";

export interface Format<T> {
  /** The value in the help text; "" for a boolean flag, which needs none. */
  placeholder: string;
  /** Completes the error message "--flag must be". */
  expects: string;
  /** Returns undefined if the text is invalid. */
  parse: (text: string) => { value: T } | undefined;
}

export const boolean: Format<boolean> = {
  placeholder: "",
  expects: "true or false",
  parse: (text) => (text === "true" || text === "false" ? { value: text === "true" } : undefined),
};

/** A format whose value is undefined for "". */
export function optional<T>(format: Format<T>): Format<T | undefined> {
  return { ...format, parse: (text) => (text === "" ? { value: undefined } : format.parse(text)) };
}

export function matching(placeholder: string, form: RegExp, expects: string): Format<string> {
  return { placeholder, expects, parse: (text) => (form.test(text) ? { value: text } : undefined) };
}

export const path = optional(matching("FILE", /^/, "a file"));

export function integer(min: number, max: number): Format<number> {
  return {
    placeholder: "N",
    expects: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      return value >= min && value <= max ? { value } : undefined;
    },
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses a duration of Go: "90s", "1h30m", "500ms". */
function milliseconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNIT_MS[unit] ?? NaN), 0);
}

/** Parses to milliseconds; `min` and `max` are included. */
export function duration(min: string, max: string): Format<number> {
  const [least = 0, most = 0] = [milliseconds(min), milliseconds(max)];
  return {
    placeholder: "DURATION",
    expects: `a duration from ${min} to ${max}, such as 90s or 1h30m`,
    parse: (text) => {
      const value = milliseconds(text);
      return value !== undefined && value >= least && value <= most ? { value } : undefined;
    },
  };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const dnsLabel = matching(
  "NAME",
  DNS_LABEL,
  "at most 63 lower-case letters, digits and dashes, not starting or ending with a dash",
);

/** A list without duplicates; [] for "". */
export const dnsLabels: Format<string[]> = {
  placeholder: "NAME,...",
  expects: "names of namespaces, separated by commas",
  parse: (text) => {
    const names = text.split(",").map((name) => name.trim());
    const given = [...new Set(names.filter((name) => name !== ""))];
    return given.every((name) => DNS_LABEL.test(name)) ? { value: given } : undefined;
  },
};

/** Also the form of the name in a label key, which is not empty. */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
/** key, !key, key=value, key==value, key!=value, key in (values), key notin (values) */
const REQUIREMENT =
  /^(?:! *)?(?:[a-z0-9.-]{1,253}\/)?(?<name>[\w.-]{1,63})$|^(?:[a-z0-9.-]{1,253}\/)?(?<key>[\w.-]{1,63})(?: *(?:==?|!=) *(?<value>[^ ]*)| +(?:not)?in *\((?<values>[^()]*)\))$/;

function isRequirement(text: string): boolean {
  const { name, key, value, values } = REQUIREMENT.exec(text.trim())?.groups ?? {};
  const given = [name, key, value, ...(values?.split(",") ?? [])].filter((part) => part !== undefined);
  return given.length > 0 && given.every((part) => LABEL_VALUE.test(part.trim()));
}

/** As in kubectl: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export const labelSelector: Format<string> = {
  placeholder: "SELECTOR",
  expects: "a label selector, such as team=a,tier!=test",
  parse: (text) => {
    // Split at commas outside parentheses.
    const requirements = text.length > MAX_SELECTOR ? [""] : text.split(/,(?![^(]*\))/);
    return requirements.every(isRequirement) ? { value: text } : undefined;
  },
};

const MAX_SELECTOR = 1000;

/** Undefined for "0": do not listen. */
export const address: Format<ListenAddress | undefined> = {
  placeholder: "HOST:PORT",
  expects: "an address such as :8080 or 127.0.0.1:8080, or 0 for none",
  parse: (text) => {
    if (text === "" || text === "0") return { value: undefined };
    const value = parseAddress(text);
    return value === undefined ? undefined : { value };
  },
};

export const logLevel: Format<LogLevel> = {
  placeholder: LOG_LEVELS.join("|"),
  expects: `one of ${LOG_LEVELS.join(", ")}`,
  parse: (text) => {
    const value = LOG_LEVELS.find((level) => level === text);
    return value === undefined ? undefined : { value };
  },
};
