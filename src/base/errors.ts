/**
 * What a person must read: a sentence that says what happened and what to do. Everything else
 * that is thrown is a bug.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Whatever was thrown, as an `Error`. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** True for a `UserError`, also one that crossed a channel. */
export function isUserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'UserError';
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
