/** A case of sdk/contract: its README says what the members mean. */
export interface Case {
  name: string;
  settings?: {
    idempotency?: boolean;
    record?: "claim" | "mark";
    events_at_once?: number;
    event_timeout_ms?: number;
    keep_order?: boolean;
    task?: boolean;
  };
  left_ms?: number;
  input: unknown;
  payloads?: Record<string, string | null | { error: string }>;
  table?: Record<string, Item>;
  table_at_claim?: Record<string, Record<string, Item>>;
  table_fails?: Record<string, string>;
  queues_fail?: Record<string, string>;
  fifo_queues?: string[];
  handler?: Record<string, Does>;
  answer?: unknown;
  error?: { type: string; says: string };
  handled?: string[];
  before?: string[][];
  seen?: Record<string, Record<string, unknown>>;
  writes?: string[];
  exact_writes?: boolean;
  table_after?: Record<string, Record<string, unknown> | null>;
  summary_bytes?: Record<string, number>;
  rejected?: Record<string, string>;
  retried?: Record<string, string>;
  metrics?: object[];
  sent?: [string, number, ...string[]][];
  most_at_once?: number;
}

export type Item = Record<string, string | number>;

export interface Does {
  does?: string;
  reason?: string;
  repeat?: string;
  times?: number;
}

export interface Write {
  UpdateExpression: string;
  ConditionExpression: string;
  Values: Item;
}
