const LEVELS = ["error", "warn", "info", "debug"];

/** A processor's settings, which Terraform sets: docs/processors.md. */
export interface Settings {
  readonly stack: string;
  readonly processor: string;
  /** Undefined: idempotency is off. */
  readonly table: string | undefined;
  readonly ttlS: number;
  /** Whether an event is claimed before its handler runs; otherwise it is only marked afterwards. */
  readonly claims: boolean;
  readonly atOnce: number;
  readonly eventTimeoutMs: number | undefined;
  readonly keepOrder: boolean;
  readonly logLevel: string;
}

/** Names everything that is wrong with the environment. */
export class SettingsProblem extends Error {
  override readonly name = "SettingsProblem";
}

/** Reads all settings, or throws one error about all that are wrong. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = environment[name] ?? "";
    if (value === "") problems.push(`${name} is not set`);
    return value;
  };
  const choice = (name: string, choices: string[], otherwise: string): string => {
    const value = environment[name] || otherwise;
    if (!choices.includes(value)) problems.push(`${name} must be one of ${choices.join(", ")}`);
    return value;
  };
  const number = (name: string, most: number, otherwise?: number): number => {
    const value = environment[name] || String(otherwise ?? "");
    const good = /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= most;
    if (!good) problems.push(`${name} must be a whole number from 1 to ${most}`);
    return Number(value);
  };
  const idempotent = choice("IDEMPOTENCY", ["on", "off"], "on") === "on";
  const settings = {
    stack: text("STACK"),
    processor: text("PROCESSOR"),
    table: idempotent ? text("PROCESSED_TABLE") : undefined,
    ttlS: idempotent ? number("PROCESSED_TTL_DAYS", 3650) * 86_400 : 0,
    claims: choice("RECORD", ["claim", "mark"], "claim") === "claim",
    atOnce: number("EVENTS_AT_ONCE", 100, 8),
    eventTimeoutMs: environment["EVENT_TIMEOUT_S"] ? number("EVENT_TIMEOUT_S", 900) * 1_000 : undefined,
    keepOrder: choice("KEEP_ORDER", ["on", "off"], "off") === "on",
    logLevel: choice("LOG_LEVEL", LEVELS, "info"),
  };
  if (problems.length > 0) throw new SettingsProblem(problems.join("; "));
  return settings;
}
