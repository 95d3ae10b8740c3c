/**
 * Attribute values as plain data. Integers beyond 2^53 are kept as decimal strings, bytes as
 * `Uint8Array`; maps have no prototype, so a key named `__proto__` is only a key.
 */
export type Value =
  | null
  | string
  | number
  | boolean
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A JSON value, as it is shown and exported. */
export type Json =
  null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** True for a plain map, false for arrays, bytes and null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}
