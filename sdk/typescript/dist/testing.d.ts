import { Event } from "./event.js";
/**
 * An event of this type with this payload: `example/1`, of the endpoint `example`, in JSON. `attributes` replaces or adds
 * CloudEvents attributes: `event("push", "{}", { subject: "main" })`.
 */
export declare function event(type: string, payload: string | Uint8Array, attributes?: Record<string, string>): Event;
