import { Failure, Reject } from "./failures.js";

/** The claim check: where the payload is and what it must be. Either an object holds it, or the event itself. */
export type Claim = (
  | { readonly bucket: string; readonly key: string; readonly inline?: undefined }
  | { readonly bucket?: undefined; readonly key?: undefined; readonly inline: Uint8Array }
) & {
  /** In hex. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
};

export type Redeem = (claim: Claim) => Promise<Uint8Array>;

/** One event: a CloudEvents 1.0 event whose data is a claim check (the `dataref` extension). */
export class Event {
  /** The provider's id of the event. */
  readonly id: string;
  /** `/endpoints/{endpoint}` */
  readonly source: string;
  /** The provider's type of the event, for instance `invoice.paid`. */
  readonly type: string;
  /** What the event is about, if the endpoint has a location for it. */
  readonly subject: string | undefined;
  /** When it happened, by the provider's clock. */
  readonly time: Date;
  /** The payload's content type, as received. */
  readonly contentType: string;
  /** Names the event everywhere. Deduplicate by it: it is the same at every delivery. */
  readonly ref: string;
  /** When the delivery came in, by Coatcheck's clock. */
  readonly receivedAt: Date;
  /** W3C trace context: make it the parent of your spans, or pass it on. */
  readonly traceparent: string;
  /** Which replay this delivery belongs to; undefined if the provider delivered it. */
  readonly replayId: string | undefined;
  /** Whether the event is handled although it was done before. */
  readonly replayIsForced: boolean;
  /** Names this delivery in an answer. It differs from delivery to delivery. */
  readonly deliveryId: string;
  /** Events with the same one have an order; undefined: the event was sent before Coatcheck passed it on. */
  readonly partitionKey: string | undefined;
  /** Where the payload is and what it must be. */
  readonly claim: Claim;
  /** The partition key, or endpoint and ordering key. Events with the same one are handled one after the other. */
  readonly ordering: string;
  /** Aborts when the handler's time is over: pass it to your calls. */
  readonly signal: AbortSignal;
  /** The number of this processor's attempt, from 1; undefined if idempotency is off, which counts none. */
  attempt: number | undefined;
  /** @internal What is wrong with the last redemption, if anything. */
  redemption: Failure | undefined;
  readonly #declared: ReadonlyMap<string, string>;
  readonly #redeem: Redeem;
  readonly #end = new AbortController();

  /** @internal Reads one event. Throws `Reject` with the first attribute that is wrong, and without any value. */
  constructor(value: unknown, redeem: Redeem) {
    if (!isObject(value)) throw new Reject("the event is not a JSON object");
    const read = new Attributes(value);
    if (read.text("specversion") !== "1.0") throw unusable("specversion");
    const dataref = read.dataref();
    const forced = read.optional("replayforce");
    if (!["true", "false", ""].includes(forced)) throw unusable("replayforce");
    this.id = read.named("id");
    this.source = read.named("source");
    this.type = read.named("type");
    this.contentType = read.named("datacontenttype");
    this.deliveryId = read.named("deliveryid");
    const subject = read.optional("subject");
    this.subject = subject === "" || subject === this.id ? undefined : subject;
    this.time = read.time("time");
    this.receivedAt = read.time("receivedat");
    this.ref = read.text("ref");
    this.partitionKey = read.optional("partitionkey") || undefined;
    const ordering = read.ordering();
    // No endpoint's name begins with a slash.
    this.ordering = this.partitionKey === undefined ? ordering : orderOfGroup(this.partitionKey);
    this.traceparent = read.text("traceparent");
    this.replayId = read.optional("replayid") || undefined;
    this.replayIsForced = forced === "true" && this.replayId !== undefined;
    const [sha256 = ""] = read.matched("datasha256", /^[0-9a-f]{64}$/i);
    this.claim = { ...dataref, sha256: sha256.toLowerCase(), size: read.size() };
    this.#declared = read.declared();
    this.signal = this.#end.signal;
    this.#redeem = redeem;
  }

  /**
   * The provider's exact bytes, checked against the length and the SHA-256 of their pointer.
   *
   * Throws `RedeemProblem` or `Retry`. A handler that catches it does not succeed all the same: the event gets the failure
   * of its last redemption.
   */
  async payload(): Promise<Uint8Array> {
    try {
      const payload = await this.#redeem(this.claim);
      this.redemption = undefined;
      return payload;
    } catch (error) {
      if (error instanceof Failure) this.redemption = error;
      throw error;
    }
  }

  /**
   * The value of an attribute that the event's endpoint declares, for instance `event.attribute("customer")`. A number is a
   * text in plain decimal, such as `100.5`. Undefined: the delivery had no such value, or none that could be kept.
   */
  attribute(name: string): string | undefined {
    return this.#declared.get(name);
  }

  /** The part of the trace context that stays the same on the whole path. */
  get traceId(): string {
    return this.traceparent.split("-")[1] ?? "";
  }

  /** @internal The handler's time is over. */
  end(): void {
    this.#end.abort();
  }
}

/** How events of this partition key are told from those that have only a ref. */
export function orderOfGroup(partitionKey: string): string {
  return `/${partitionKey}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unusable(name: string): Reject {
  return new Reject(`the event has no usable attribute \`${name}\``);
}

/** How three characters are written in attributes that endpoints declare. */
const ESCAPES: Readonly<Record<string, string>> = { "%25": "%", "%22": '"', "%5C": "\\" };

/** What every event has: endpoints declare no attributes of these names. */
const OWN = new Set([
  "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataref", "datasha256", "datasize", "ref",
  "receivedat", "traceparent", "replayid", "replayforce", "partitionkey", "subscription", "deliveryid",
]);

class Attributes {
  readonly #value: Record<string, unknown>;

  constructor(value: Record<string, unknown>) {
    this.#value = value;
  }

  text(name: string): string {
    const text = this.#value[name];
    if (typeof text !== "string") throw unusable(name);
    return text;
  }

  /** A text that is not empty. */
  named(name: string): string {
    const text = this.text(name);
    if (text === "") throw unusable(name);
    return text;
  }

  /** An event may lack it: a subject, or what was added later. */
  optional(name: string): string {
    return (this.#value[name] ?? null) === null ? "" : this.text(name);
  }

  /** Empty: the event has none. */
  declared(): Map<string, string> {
    const declared = new Map<string, string>();
    for (const [name, text] of Object.entries(this.#value)) {
      if (OWN.has(name) || typeof text !== "string" || text === "") continue;
      declared.set(name, text.replace(/%(?:25|22|5C)/g, (escape) => ESCAPES[escape] ?? escape));
    }
    return declared;
  }

  matched(name: string, pattern: RegExp): RegExpExecArray {
    const matched = pattern.exec(this.text(name));
    if (!matched) throw unusable(name);
    return matched;
  }

  /** The object that holds the payload, or the bytes of a `data:` URI (RFC 2397). */
  dataref(): { bucket: string; key: string } | { inline: Uint8Array } {
    const [, bucket, key, text] = this.matched("dataref", /^(?:s3:\/\/([^/]+)\/(.+)|data:[^,]*;base64,(.*))$/s);
    if (bucket !== undefined && key !== undefined) return { bucket, key };
    const inline = Buffer.from(text ?? "", "base64");
    // Node skips what is no base64.
    if (inline.toString("base64") !== text) throw unusable("dataref");
    return { inline };
  }

  time(name: string): Date {
    const [text] = this.matched(name, /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/);
    const time = new Date(text.replace(" ", "T").toUpperCase());
    if (Number.isNaN(time.getTime())) throw unusable(name);
    return time;
  }

  /** A template of Pipes writes it as text, other senders as a number. */
  size(): number {
    const given = this.#value["datasize"];
    const size = typeof given === "string" && /^\+?\d{1,16}$/.test(given) ? Number(given) : given;
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw unusable("datasize");
    return size;
  }

  /** A ref is endpoint/event-key or endpoint/ordering-key/event-key, percent-encoded. */
  ordering(): string {
    const [endpoint = "", ...parts] = this.text("ref").split("/");
    const keys = parts.map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        throw unusable("ref");
      }
    });
    const good = /^[a-z0-9][a-z0-9-]{0,62}$/.test(endpoint) && [1, 2].includes(keys.length) && !keys.includes("");
    if (!good) throw unusable("ref");
    return `${endpoint}/${keys[0]}`;
  }
}
