import { parseArgs, type ParseArgsConfig } from 'node:util';
import { toError, UserError } from '../base/errors';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the options of a command; throws a `UserError` with its usage on wrong ones. */
export function readArgs<const T extends Options>(
  usage: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UserError(`${toError(error).message}\nusage: ${usage}`);
  }
}

/** A whole number from `least` up; throws a `UserError` that names the option. */
export function readNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new UserError(`--${option} takes a whole number from ${least} up, not '${text}'.`);
  }
  return value;
}

export function wrongUse(usage: string): UserError {
  return new UserError(`usage: ${usage}`);
}
