/** A processor's settings, which Terraform sets: docs/processors.md. */
export interface Settings {
    readonly stack: string;
    readonly processor: string;
    /** Undefined: idempotency is off. */
    readonly table: string | undefined;
    readonly ttlS: number;
    readonly atOnce: number;
    readonly eventTimeoutMs: number | undefined;
    readonly keepOrder: boolean;
    readonly logLevel: string;
}
/** Names everything that is wrong with the environment. */
export declare class SettingsProblem extends Error {
    readonly name = "SettingsProblem";
}
/** Reads all settings, or throws one error about all that are wrong. */
export declare function readSettings(environment: Record<string, string | undefined>): Settings;
